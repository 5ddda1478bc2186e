import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { checkSamples, checkTensor } from '../../check';
import { refuse, show } from '../../errors';
import type { Rule } from '../../options';

/** The nearest point of a set, for each sample: [batch, …] → [batch, …]. */
export type Projection = (x: tf.Tensor) => tf.Tensor;

/** A bound: a number, or none on that side. */
export const bound: Rule = {
  expected: 'a number',
  holds: (value) => typeof value === 'number' && !Number.isNaN(value),
};

export function checkOrder(where: string, low: number, high: number): void {
  if (low <= high) return;
  refuse(where, 'low ≤ high', `low ${low}, high ${high}`, 'No sample is in an empty set.');
}

/** A projection that checks what it gets; numbers or tensors `of` it are those of one sample. */
export const projection =
  (where: string, nearest: Projection, of: readonly (tf.Tensor | number)[] = []): Projection =>
  (x) =>
    tf.tidy(() => {
      checkSamples(where, 'x', x);
      for (const t of of) if (typeof t !== 'number') checkSpreads(where, t, x.shape);
      return nearest(x);
    });

/** Refuses a tensor of a sample that does not spread over a batch of them. */
export function checkSpreads(where: string, t: tf.Tensor, shape: Shape): void {
  checkTensor(where, 'a tensor of its options', t);
  const from = shape.length - t.rank;
  if (from >= 0 && t.shape.every((n, i) => n === 1 || n === shape[from + i])) return;
  refuse(
    where,
    `x of samples of shape ${show(t.shape)}`,
    show(shape),
    'Make the set for samples of this shape.',
  );
}
