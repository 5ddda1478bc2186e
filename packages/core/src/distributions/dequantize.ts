import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { checkOptions, type Rules, required, seed, whole } from '../options';
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
export function dequantize(x: tf.Tensor, options: Levels & { seed: number }): tf.Tensor {
  checkTensor('dequantize', 'x', x);
  checkOptions('dequantize', options, { ...levelsRules, seed: required(seed) });
  const { levels = 256, seed: drawn } = options;
  return tf.tidy(() => tf.div(tf.add(x, randomUniform(x.shape, drawn)), levels));
}

/** float32 holds all whole numbers up to 2²⁴. */
export const levelsRules: Rules<Levels> = {
  levels: { ...whole(1, 2 ** 24), remedy: 'Leave it out for the 256 of a byte.' },
};
