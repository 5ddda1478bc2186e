import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';

/** Refuses draws that are not several for each x: [batch, n, …] beside [batch, …]. Returns n. */
export function checkDrawn(where: string, draws: tf.Tensor, x: tf.Tensor, least = 1): number {
  checkTensor(where, 'the draws', draws);
  checkTensor(where, 'x', x);
  const [batch, n = 0, ...sample] = draws.shape;
  const of: Shape = draws.rank < 2 ? [] : [batch ?? 0, ...sample];
  if (n >= least && of.length === x.rank && of.every((size, i) => size === x.shape[i])) return n;
  return refuse(
    where,
    `draws [batch, at least ${least}, …] of x [batch, …]`,
    `${show(draws.shape)} of ${show(x.shape)}`,
    'As flow.sample(n, { condition, each: true }) makes them.',
  );
}
