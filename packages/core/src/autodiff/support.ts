import * as tf from '@tensorflow/tfjs-core';
import { refuse, show } from '../errors';
import { batch, perChannel, sumPerSample } from '../tensors/channels';
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

/** One end for all channels, or one for each. */
type End = number | readonly number[];
export type Range = readonly [low: End, high: End];

/** What inverse maps round by: eight units in the last place of the larger end. */
const slack = (range: Range): number =>
  2 ** -20 * Math.max(...range.flat().map((end) => (Number.isFinite(end) ? Math.abs(end) : 0)));

/** The numbers, those outside of a range by more than some room moved to its ends. */
function clipped(t: tf.Tensor, [low, high]: Range, room = 0): tf.Tensor {
  if (typeof low === 'number' && typeof high === 'number') return tf.clipByValue(t, low - room, high + room);
  // In the shape of t: gradients of tfjs throw where these two spread a tensor.
  const spread = (end: End, by: number) =>
    tf.broadcastTo(perChannel(tf.add(tf.tensor1d([end].flat()), by), t.rank), t.shape);
  return tf.minimum(tf.maximum(t, spread(low, -room)), spread(high, room));
}

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
  return {
    t: clipped(t, range),
    outside: noGrad(() => outsideOf(t, range)),
  };
}

/** −∞ for the samples of which a number is outside a range by more than rounding, else 0: [batch]. */
export function outsideOf(t: tf.Tensor, range: Range): tf.Tensor {
  const moved = tf.notEqual(t, clipped(t, range, slack(range)));
  const some = tf.greater(sumPerSample(tf.cast(moved, 'float32')), 0);
  return tf.where(some, tf.fill([batch(t)], Number.NEGATIVE_INFINITY), tf.zeros([batch(t)]));
}

function checkWithin(where: string, t: tf.Tensor, range: Range): void {
  if (!canReadSync()) return;
  const read = (f: () => tf.Tensor) => noGrad(() => tf.tidy(() => f().dataSync()[0] ?? Number.NaN));
  if (read(() => tf.max(tf.abs(tf.sub(t, clipped(t, range))))) <= slack(range)) return;
  const [low, high] = range.map((end) => (typeof end === 'number' ? end : show(end)));
  const expected = `numbers within [${low}, ${high}]${typeof range[0] === 'number' ? '' : ', each channel between its own ends'}`;
  const [least, most] = [read(() => tf.min(t)), read(() => tf.max(t))];
  const remedy = 'Outside there is nothing to map them to: scale the input first.';
  refuse(where, expected, `numbers from ${least} to ${most}, shape [${t.shape.join(', ')}]`, remedy);
}
