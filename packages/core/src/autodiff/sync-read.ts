import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { noGrad } from './tapes/no-grad';

/** Whether the numbers of the present backend can be looked at without stopping a queue. */
export const canReadSync = (): boolean => ['cpu', 'wasm', 'tensorflow'].includes(tf.getBackend());

/** Refuses numbers outside [low, high], and NaN. On GPU backends nothing is read, so nothing is refused. */
export function checkWithin(where: string, t: tf.Tensor, [low, high]: readonly [number, number]): void {
  if (!canReadSync()) return;
  const read = (bound: typeof tf.min) => noGrad(() => tf.tidy(() => bound(t).dataSync()[0] ?? Number.NaN));
  const [least, most] = [read(tf.min), read(tf.max)];
  if (least >= low && most <= high) return;
  const expected = `numbers within [${low}, ${high}]`;
  const remedy = 'Outside there is nothing to map them to: scale the input first.';
  refuse(where, expected, `numbers from ${least} to ${most}, shape [${t.shape.join(', ')}]`, remedy);
}
