import { refuse } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';

/** Refuses x that is no batch of samples of a shape; the number of samples. */
export function checkSamples(where: string, x: tf.Tensor, shape: readonly number[]): number {
  checkTensor(where, 'x', x);
  const [n = 0, ...sample] = x.shape;
  const fits =
    sample.length === shape.length && sample.every((size, i) => size === shape[i] || Number.isNaN(shape[i]));
  if (fits && n > 0) return n;
  const wanted = ['n', ...shape.map((size) => (Number.isNaN(size) ? '?' : size))].join(', ');
  return refuse(
    where,
    `samples of shape [${wanted}], n above 0`,
    x,
    'Reshape it, or make the flow for that shape.',
  );
}
