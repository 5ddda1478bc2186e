import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { refuse } from '../errors';
import { finite } from '../options';
import { monotone } from '../transformers/transformer';

export interface SigmoidOptions {
  /** What y tends to on the left. Default 0. */
  low?: number;
  /** What y tends to on the right, above `low`. Default 1. */
  high?: number;
}

/** Where float32 has nothing left between p and 0, or between p and 1. */
const least = 1e-30;
const gap = 2 ** -25;

/**
 * Sigmoid with a range, the inverse of a logit.
 *
 *     p = σ(x)      y = low + (high − low)·p      log|det J| = Σ log(high − low) + log p + log(1 − p)      x = log p − log(1 − p)
 *
 * Where p rounds to 1 the way back gives x ≈ 17, and where it rounds to 0, x ≈ −69: finite, but another number than before.
 * x: [batch, …spatial, channels].   Dinh et al. 2017, arXiv:1605.08803, section 4.1.
 */
export const sigmoid = defineBijection(
  {
    className: 'InvertibleSigmoid',
    source: 'Dinh et al. 2017, 4.1',
    logDet: 'Σ log(high−low) + log p(1−p)',
    options: { low: finite, high: finite },
  },
  ({ low = 0, high = 1 }: SigmoidOptions, name) => {
    if (Math.fround(high) <= Math.fround(low)) {
      refuse(name, 'low < high', `low ${low}, high ${high}`, 'Leave them out for 0 and 1.');
    }
    const range = high - low;
    const phi = monotone({
      image: [low, high],
      apply: (x) => tf.add(low, tf.mul(range, tf.sigmoid(x))),
      from(y) {
        const whole = tf.div(tf.sub(y, low), range);
        const p = tf.clipByValue(whole, least, 1);
        const q = tf.tidy(() => tf.clipByValue(tf.sub(1, whole), gap, 1));
        return {
          v: () => tf.sub(tf.log(p), tf.log(q)),
          logSlope: () => tf.add(tf.add(tf.log(p), tf.log(q)), Math.log(range)),
          slope: () => tf.mul(tf.mul(p, q), range),
          /** (1/p − 1/(1 − p)) / range */
          bend: () => tf.div(tf.sub(tf.reciprocal(p), tf.reciprocal(q)), range),
        };
      },
    });
    return elementwise(name, phi);
  },
);
