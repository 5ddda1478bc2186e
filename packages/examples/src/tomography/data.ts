import type { LinearOperator } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { phantoms } from './phantoms';

/** Deviation of the noise, as a part of the root mean square of the data. */
export const noise = 0.02;

export interface Measured {
  x: tf.Tensor4D;
  d: tf.Tensor;
}

/** Phantoms and their noisy data, other ones at every call. */
export function measured(operator: LinearOperator, size: number, seed: number): (count: number) => Measured {
  const draw = phantoms(seed);
  let calls = 0;
  return (count) =>
    tf.tidy(() => {
      const x = draw(count, size);
      const clean = operator.apply(x);
      const deviation = tf.mul(tf.sqrt(tf.mean(tf.square(clean))), noise);
      const grain = tf.randomNormal(clean.shape, 0, 1, 'float32', 1e5 * (seed + 1) + calls++);
      return { x, d: tf.add(clean, tf.mul(grain, deviation)) };
    });
}

/** So many angles over 120 of the 180 degrees. */
export const anglesOf = (count: number): number[] =>
  Array.from({ length: count }, (_, k) => ((k + 0.5) / count - 0.5) * (2 / 3) * Math.PI);
