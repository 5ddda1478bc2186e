import * as tf from '@tensorflow/tfjs-core';
import { checkLike, checkSamples } from '../check';
import { above, checkOptions } from '../options';
import { batch } from '../tensors/channels';

export interface PeakOptions {
  /** The range of the numbers, largest minus smallest. Default 1. */
  peak?: number;
}

/**
 * Peak signal-to-noise ratio of each sample, in decibels.
 *
 *     10 log₁₀(L² / mean (x − y)²)      L: the peak
 *
 * x, y: [batch, …] → [batch]. 300 dB stand for equal ones.
 */
export function psnr(x: tf.Tensor, y: tf.Tensor, options: PeakOptions = {}): tf.Tensor1D {
  checkSamples('psnr', 'x', x);
  checkLike('psnr', 'y', y, x.shape);
  checkOptions('psnr', options, { peak: above(0) });
  const { peak = 1 } = options;
  return tf.tidy(() => {
    const rows: tf.Tensor2D = tf.reshape(tf.div(tf.sub(x, y), peak), [batch(x), -1]);
    const error: tf.Tensor1D = tf.mean(tf.square(rows), 1);
    return tf.mul(tf.log(tf.maximum(error, 1e-30)), -10 / Math.LN10);
  });
}
