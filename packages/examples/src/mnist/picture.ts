import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { picture } from '../picture';
import { heldOutBatches } from './batches';
import { type Digits, side } from './data';

/** Held-out digits, the same through the flow and back, and samples. */
export async function pictureOf(model: tf.Sequential, digits: Digits, seed: number): Promise<Buffer> {
  const first = await firstBatch(digits, seed);
  const { again, samples } = tf.tidy(() => {
    const { z } = inn.flowForward(model, first);
    const noise = tf.randomNormal([40, ...z.shape.slice(1)], 0, 1, 'float32', seed + 1);
    return { again: inn.flowInverse(model, z).x, samples: inn.flowInverse(model, noise).x };
  });
  return picture(
    [
      { title: 'Held-out digits', images: await floatsOf(first) },
      { title: 'The same, through the flow and back', images: await floatsOf(again) },
      { title: 'Samples of the flow', images: await floatsOf(samples) },
    ],
    { side },
  );
}

/** The first 20 digits, dequantised. */
async function firstBatch(digits: Digits, seed: number): Promise<tf.Tensor> {
  const iterator = await heldOutBatches(digits, { batch: 20, seed }).iterator();
  const { value } = await iterator.next();
  value.ys.dispose();
  return value.xs;
}
