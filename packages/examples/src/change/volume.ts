import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { Dates } from './dates';

/** Keeps the logarithm of dark water finite. */
const darkest = 5;

/**
 * Logarithms of the digital numbers, each band of mean 0 and deviation 1: sun and shade become constants, which differences of
 * bands and of dates cancel. [y, x, band].
 */
export function standardized(values: Float32Array, bands: number): Float32Array {
  const logs = values.map((v) => Math.log(v + darkest));
  const pixels = logs.length / bands;
  for (let b = 0; b < bands; b++) {
    let [sum, squares] = [0, 0];
    for (let k = b; k < logs.length; k += bands) {
      sum += logs[k]!;
      squares += logs[k]! ** 2;
    }
    const mean = sum / pixels;
    const deviation = Math.sqrt(squares / pixels - mean ** 2);
    for (let k = b; k < logs.length; k += bands) logs[k] = (logs[k]! - mean) / deviation;
  }
  return logs;
}

/** The volume [y, x, band] with the two dates as channels, twice: a pair of states at rest, [1, y, x, band, 4]. */
export function pairOfDates({ before, after, side, bands }: Dates): tf.Tensor {
  const n = bands.length;
  const both = [before, after].map((date) => tf.tensor(standardized(date, n), [1, side, side, n]));
  const pair = tf.tidy(() => core.pairOfStates(tf.stack(both, 4)));
  tf.dispose(both);
  return pair;
}
