import * as tf from '@tensorflow/tfjs-core';
import { dot, read } from '../autodiff/read';

export { dot, read };

/** max |a − b| / max |b|; NaN where a number is NaN. */
export const relative = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0) / Math.max(1e-12, largest(b));

export const largest = (v: readonly number[]): number => v.reduce((max, u) => Math.max(max, Math.abs(u)), 0);

/** max |a − b| / max |b| of two tensors. */
export async function relativeError(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const [p, q] = await read(() => [a, b]);
  return relative(p, q);
}

export const sum = (v: readonly number[]): number => v.reduce((total, u) => total + u, 0);

/** The spacing of the numbers next to 1 on the present backend, in units of float32's 2⁻²³: 8192 where it computes in float16. */
export async function coarseness(): Promise<number> {
  const exponents = Array.from({ length: 24 }, (_, k) => -k);
  const [seen] = await read(() => {
    const steps = tf.tensor1d(exponents.map((k) => 2 ** k));
    return [tf.sub(tf.add(steps, 1), 1)];
  });
  return 2 ** (23 + Math.min(...exponents.filter((_, i) => seen[i]! > 0)));
}
