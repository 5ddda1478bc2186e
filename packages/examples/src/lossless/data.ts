import * as tf from '@tensorflow/tfjs';
import { xoroshiro128plus } from 'pure-rand';
import { type Digits, pixels, side } from '../mnist/data';
import { step } from './logistics';

/** Digits from `from` on as grey levels on the grid, [count, 28, 28, 1]. */
export const levelsOf = ({ bytes }: Digits, from: number, count: number): tf.Tensor4D =>
  tf.tidy(() => {
    const some = Float32Array.from(bytes.subarray(from * pixels, (from + count) * pixels));
    return tf.mul(tf.tensor4d(some, [some.length / pixels, side, side, 1]), step);
  });

/** The digits of training step n: a function of the seed and of n alone. */
export function batchOf(digits: Digits, batch: number, seed: number, n: number): tf.Tensor4D {
  const random = xoroshiro128plus(Math.imul(seed ^ Math.imul(n + 1, 0x9e3779b1), 0x85ebca6b));
  random.unsafeNext();
  return tf.tidy(() => {
    const rows = Array.from({ length: batch }, () =>
      levelsOf(digits, Math.floor(((random.unsafeNext() >>> 0) / 2 ** 32) * digits.count), 1),
    );
    return tf.concat(rows);
  });
}
