import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { randomUniform } from '../random';

export interface Levels {
  /** The data are whole numbers from 0 to levels − 1. Default 256. */
  levels?: number;
}

/**
 * Uniform dequantisation: noise between neighbouring levels, and the range scaled to [0, 1].
 *
 *     x ← (x + u) / levels,  u uniform on [0, 1)      log P(x) ≥ E log p((x + u) / levels) − D log levels
 *
 * Theis et al. 2016, arXiv:1511.01844, section 3.1.
 */
export function dequantize(x: tf.Tensor, { levels = 256, seed }: Levels & { seed: number }): tf.Tensor {
  checkLevels('dequantize', levels);
  return tf.tidy(() => tf.div(tf.add(x, randomUniform(x.shape, seed)), levels));
}

export function checkLevels(where: string, levels: number): void {
  if (Number.isInteger(levels) && levels > 0) return;
  refuse(where, 'a positive whole number of levels', levels, 'Leave it out for the 256 of a byte.');
}
