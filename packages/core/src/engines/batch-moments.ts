import * as tf from '@tensorflow/tfjs-core';
import { canReadSync } from '../autodiff/sync-read';
import { refuse, show, warn } from '../errors';
import { pixelRows } from '../tensors/channels';

/** With fewer values per channel than these a deviation is uncertain by more than a quarter of itself. */
const few = 8;

/** The batch as rows of channels. One value per channel has no deviation: refused; few of them are worth a warning. */
export function rowsOf(name: string, what: string, x: tf.Tensor, by: object): tf.Tensor2D {
  const rows = pixelRows(x);
  const [count] = rows.shape;
  if (count < 2) {
    const expected = `a ${what} with at least 2 values per channel`;
    refuse(name, expected, `one value, shape ${show(x.shape)}`, 'It has no deviation: use a larger batch.');
  }
  if (count < few) {
    const percent = Math.round(100 / Math.sqrt(2 * (count - 1)));
    const values = `only ${count} values per channel in the ${what}`;
    warn(by, `${name}: ${values}, so that deviations are off by about ${percent} %. Use a larger one.`);
  }
  return rows;
}

/** Deviations below are those of rounding: of numbers near 1, and of float32's least. */
const constantBelow = { relative: 1e-6, absolute: 1e-36 };

/**
 * Mean and log-deviation of each channel of a batch. Those of a constant channel, also one of numbers that float32 hardly tells from
 * zero, are its mean and 0. NaN and infinities are refused where the backend can be read.
 */
export function batchMoments(
  name: string,
  x: tf.Tensor,
  by: object,
): { mean: tf.Tensor; logDeviation: tf.Tensor } {
  const rows = rowsOf(name, 'first batch', x, by);
  // Of numbers near 1, so that squares of large ones do not overflow; and about the mean, whose rounding is taken off again.
  const size = tf.maximum(tf.max(tf.abs(rows), 0), 1e-30);
  const near = tf.div(rows, size);
  const about = tf.mean(near, 0);
  const rest = tf.sub(near, about);
  const more = tf.mean(rest, 0);
  const deviation = tf.sqrt(tf.mean(tf.square(tf.sub(rest, more)), 0));
  const relative = tf.greater(deviation, tf.mul(tf.abs(about), constantBelow.relative));
  const absolute = tf.greater(deviation, tf.div(constantBelow.absolute, size));
  const varies = tf.logicalAnd(relative, absolute);
  const log = tf.add(tf.log(tf.where(varies, deviation, tf.onesLike(deviation))), tf.log(size));
  const moments = {
    mean: tf.mul(tf.add(about, more), size),
    logDeviation: tf.where(varies, log, tf.zerosLike(log)),
  };
  checkFinite(name, moments.mean);
  return moments;
}

function checkFinite(name: string, mean: tf.Tensor): void {
  if (!canReadSync() || Array.from(mean.dataSync()).every(Number.isFinite)) return;
  const remedy = 'Clean the data; the layers before it may put out such numbers, too.';
  refuse(name, 'a first batch of finite numbers', 'NaN or an infinity', remedy);
}
