import { refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Refuses x that is no batch of samples of a shape; the number of samples. */
export function checkSamples(where: string, x: tf.Tensor, shape: readonly number[]): number {
  rules.checkValue(where, 'x', x, { ...rules.tensor, remedy: 'As in tf.tensor2d([[1, 2]]).' });
  const [n = 0, ...sample] = x.shape;
  const fits =
    sample.length === shape.length && sample.every((size, i) => size === shape[i] || Number.isNaN(shape[i]));
  if (x.isDisposed) refuse(where, 'a living tensor', 'a disposed one', 'Keep it for longer.');
  if (x.dtype === 'string' || x.dtype === 'complex64') {
    refuse(where, 'a tensor of numbers', x, 'Cast it to float32.');
  }
  if (fits && n > 0) return n;
  const wanted = ['n', ...shape.map((size) => (Number.isNaN(size) ? '?' : size))].join(', ');
  return refuse(
    where,
    `samples of shape [${wanted}], n above 0`,
    x,
    'Reshape it, or make the flow for that shape.',
  );
}
