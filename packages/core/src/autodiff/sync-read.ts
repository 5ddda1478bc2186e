import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { noGrad } from './no-grad';

/** Backends whose numbers can be looked at without stopping a queue. */
const immediate = new Set(['cpu', 'wasm', 'tensorflow']);

/** Refuses numbers outside [low, high], and NaN. On GPU backends nothing is read, so nothing is refused. */
export function checkWithin(where: string, t: tf.Tensor, [low, high]: readonly [number, number]): void {
  if (!immediate.has(tf.getBackend())) return;
  const [least, most] = noGrad(() => tf.tidy(() => [tf.min(t), tf.max(t)].map((m) => m.dataSync()[0]!))) as [
    number,
    number,
  ];
  if (least >= low && most <= high) return;
  const expected = `numbers within [${low}, ${high}]`;
  const remedy = 'Outside there is nothing to map them to: scale the input first.';
  refuse(where, expected, `numbers from ${least} to ${most}, shape [${t.shape.join(', ')}]`, remedy);
}
