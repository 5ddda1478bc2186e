import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { batch, sumPerSample } from '../tensors/channels';
import { canReadSync } from './sync-read';
import { noGrad } from './tapes/no-grad';

/** Calls of `scored` that are running. */
let scoring = 0;

/**
 * Runs f, in which a map that gets numbers outside its domain gives that sample the log-determinant −∞, as the density there is
 * 0. Elsewhere it is an error.
 */
export function scored<T>(f: () => T): T {
  scoring++;
  try {
    return f();
  } finally {
    scoring--;
  }
}

export type Range = readonly [low: number, high: number];

/** What inverse maps round by: eight units in the last place of the larger end. */
const slack = (range: Range): number =>
  2 ** -20 * Math.max(...range.map((end) => (Number.isFinite(end) ? Math.abs(end) : 0)));

export interface Supported {
  /** The numbers, those outside moved to the nearest end. */
  t: tf.Tensor;
  /** −∞ for samples with numbers outside, else 0: [batch]; null where all are known to be inside. */
  outside: tf.Tensor | null;
}

/** Numbers that must lie in a range, up to rounding. On GPU backends nothing is read, so nothing is refused. */
export function withinSupport(where: string, t: tf.Tensor, range: Range): Supported {
  if (scoring === 0) {
    checkWithin(where, t, range);
    return { t, outside: null };
  }
  const [low, high] = range;
  return {
    t: tf.clipByValue(t, low, high),
    outside: noGrad(() => outsideOf(t, range)),
  };
}

/** −∞ for the samples of which a number is outside a range by more than rounding, else 0: [batch]. */
export function outsideOf(t: tf.Tensor, [low, high]: Range): tf.Tensor {
  const room = slack([low, high]);
  const moved = tf.notEqual(t, tf.clipByValue(t, low - room, high + room));
  const some = tf.greater(sumPerSample(tf.cast(moved, 'float32')), 0);
  return tf.where(some, tf.fill([batch(t)], Number.NEGATIVE_INFINITY), tf.zeros([batch(t)]));
}

function checkWithin(where: string, t: tf.Tensor, [low, high]: Range): void {
  if (!canReadSync()) return;
  const read = (bound: typeof tf.min) => noGrad(() => tf.tidy(() => bound(t).dataSync()[0] ?? Number.NaN));
  const [least, most] = [read(tf.min), read(tf.max)];
  const room = slack([low, high]);
  if (least >= low - room && most <= high + room) return;
  const expected = `numbers within [${low}, ${high}]`;
  const remedy = 'Outside there is nothing to map them to: scale the input first.';
  refuse(where, expected, `numbers from ${least} to ${most}, shape [${t.shape.join(', ')}]`, remedy);
}
