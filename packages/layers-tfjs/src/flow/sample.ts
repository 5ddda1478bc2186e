import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { FlowSampleOptions } from './args';

/** A seed for a draw that nobody wants to repeat. */
export const freshSeed = (): number => Math.floor(Math.random() * 2 ** 31);

interface Drawn {
  sample(n: number, options: FlowSampleOptions): tf.Tensor;
}

/** n samples for each of m conditions, [m, n, …shape], drawn in one batch. */
export function sampleEach(
  flow: Drawn,
  n: number,
  { each: _, condition, ...options }: FlowSampleOptions,
): tf.Tensor {
  if (!condition || condition.rank === 0) {
    return refuse(
      'flow.sample',
      'conditions [m, …] to draw for each of',
      condition,
      'Give them as `condition`.',
    );
  }
  return tf.tidy(() => {
    const [m = 1, ...shape] = condition.shape;
    const repeated = tf.tile(tf.expandDims(condition, 1), [1, n, ...shape.map(() => 1)]);
    const drawn = flow.sample(m * n, { ...options, condition: tf.reshape(repeated, [m * n, ...shape]) });
    return tf.reshape(drawn, [m, n, ...drawn.shape.slice(1)]);
  });
}
