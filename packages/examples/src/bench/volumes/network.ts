import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { finished } from '../../measure';

/** A hyperbolic network whose layers all have the same size, and kernels of 3 pixels along each axis. */
export interface Network {
  /** Of the pair of states, [batch, …spatial, channels]. */
  shape: number[];
  layers: number;
  hidden: number;
  step: number;
}

/** A training step, and the convolutions in it alone. Each gives its milliseconds. */
export function stepsOf({ shape, layers, hidden, step }: Network) {
  const architecture = Array.from({ length: layers }, () => ({ hidden }));
  const net = core.hyperbolicNetwork({ architecture, step });
  const made = core.createWeights(net, shape, { seed: 1 });
  const w = Object.fromEntries(Object.entries(made).map(([name, t]) => [name, tf.variable(t)]));
  const x = tf.variable(tf.randomNormal(shape, 0, 1, 'float32', 1));
  const variables = [x, ...Object.values(w)];
  const loss = () => tf.sum(tf.square(core.reversible(net)(x, w).y)).asScalar();
  const { images, filter } = planesOf(shape, hidden);
  const timed = async (make: () => tf.Tensor[]) => {
    const begun = performance.now();
    await finished({ tf }, make());
    return performance.now() - begun;
  };
  return {
    train: () =>
      timed(() => {
        const { value, grads } = tf.variableGrads(loss, variables);
        return [value, ...Object.values(grads)];
      }),
    /** A layer convolves twice forward, and in the pullback twice to rebuild and four times for the gradients. */
    floor: () =>
      timed(() =>
        Array.from({ length: 8 * layers * (shape.length === 5 ? 3 : 1) }, () =>
          tf.conv2d(images, filter, 1, 'same'),
        ),
      ),
    dispose: () => tf.dispose([...variables, ...Object.values(made), images, filter]),
  };
}

/** A state as images, a volume as its planes, and a filter that makes the hidden layer of them. */
function planesOf(shape: readonly number[], hidden: number) {
  const [height = 1, width = 1, channels = 1] = shape.slice(-3);
  const count = shape.slice(0, -3).reduce((n, size) => n * size, 1);
  const images = tf.randomNormal<tf.Rank.R4>([count, height, width, channels / 2]);
  return { images, filter: tf.randomNormal<tf.Rank.R4>([3, 3, channels / 2, hidden]) };
}
