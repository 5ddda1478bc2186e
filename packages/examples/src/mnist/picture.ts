import type { Flow } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { picture } from '../picture';
import { heldOutBatches } from './batches';
import { classes, type Digits, side } from './data';
import { likelihoodChart } from './likelihood-chart';
import type { Likelihoods } from './likelihoods';
import { samplesOfClasses, temperature } from './samples';

const columns = classes;
const zoom = 2;

/** Samples of each class, paths between digits, held-out digits through the flow and back, and histograms of likelihoods. */
export async function pictureOf(
  flow: Flow,
  digits: Digits,
  { seed, likelihoods }: { seed: number; likelihoods: Likelihoods },
): Promise<Buffer> {
  const { value } = await (await heldOutBatches(digits, { batch: columns, seed }).iterator()).next();
  const [x, c] = value.xs;
  const { again, between, samples } = tf.tidy(() => {
    const { z } = flow.forward(x, { condition: c });
    return {
      again: flow.inverse(z, { condition: c }).x,
      between: interpolated(flow, z, c),
      // Rows of the classes one after the other: the first of each, the second of each, ….
      samples: tf.reshape(
        tf.transpose(
          tf.reshape(samplesOfClasses(flow, 10, { seed, temperature }), [classes, 10, side, side]),
          [1, 0, 2, 3],
        ),
        [-1, side, side, 1],
      ),
    };
  });
  tf.dispose([c, value.ys]);
  return picture(
    [
      { title: `Samples of the classes 0 to 9, temperature ${temperature}`, images: await floatsOf(samples) },
      { title: 'Held-out digits', images: await floatsOf(x) },
      { title: 'The same, through the flow and back', images: await floatsOf(again) },
      { title: 'Straight lines between latents of two held-out digits', images: await floatsOf(between) },
    ],
    {
      ...{ side, columns, zoom },
      below: {
        title: 'Likelihood under the flow: a warning, not a test of what is a digit',
        svg: await likelihoodChart(likelihoods, columns * side * zoom),
      },
    },
  );
}

/** Ten images from each of the first three digits to one of the last three, in the latent and in the class: [30, 28, 28, 1]. */
function interpolated(flow: Flow, z: tf.Tensor, c: tf.Tensor): tf.Tensor {
  const t = tf.reshape(tf.linspace(0, 1, columns), [1, columns, 1]);
  const path = (of: tf.Tensor) => {
    const at = (first: number) => tf.expandDims(tf.slice(of, [first, 0], [3, -1]), 1);
    const between = tf.add(tf.mul(tf.sub(1, t), at(0)), tf.mul(t, at(columns - 3)));
    return tf.reshape(between, [3 * columns, of.shape.at(-1) ?? 0]);
  };
  return flow.inverse(path(z), { condition: path(c) }).x;
}
