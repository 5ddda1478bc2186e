import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { between } from '../options';
import { monotone } from '../transformers/transformer';

export interface LogitOptions {
  /** Distance that keeps 0 and 1 from infinity, at least 6e-8: float32 tells no number nearer to 1 from 1. Default 1e-6. */
  alpha?: number;
}

/** The numbers next to 0, which are above what float32 flushes, and next to 1. */
const [least, most] = [1e-37, 1 - 2 ** -24];

/**
 * Logit: numbers within [0, 1], such as dequantised pixels, to the whole line.
 *
 *     p = α + (1 − 2α) x      y = log p − log(1 − p)      x = (σ(y) − α) / (1 − 2α)
 *     log|det J| = Σ log(1 − 2α) + softplus(y) + softplus(−y)
 *
 * x: [batch, …spatial, channels].   Dinh et al. 2017, arXiv:1605.08803, section 4.1; Papamakarios et al. 2017, arXiv:1705.07057, appendix D.
 */
export const logit = defineBijection(
  {
    className: 'InvertibleLogit',
    source: 'Dinh et al. 2017, 4.1',
    logDet: 'Σ log(1−2α) − log p(1−p)',
    options: {
      alpha: between(6e-8, 0.5, 'Below 6e-8 float32 cannot tell it from 0 beside 1; 1e-6 is the default.'),
    },
  },
  ({ alpha = 1e-6 }: LogitOptions, name) => {
    const range = 1 - 2 * alpha;
    const phi = monotone({
      domain: [-alpha / range, 1 + alpha / range],
      apply: (x) => {
        const p = tf.tidy(() => tf.clipByValue(tf.add(tf.mul(x, range), alpha), least, most));
        return tf.sub(tf.log(p), tf.log(tf.sub(1, p)));
      },
      from(y) {
        const p = tf.sigmoid(y);
        const q = () => tf.sigmoid(tf.neg(y));
        return {
          v: () => tf.div(tf.sub(p, alpha), range),
          /** log(1 − 2α) + |y| + 2·log(1 + e^−|y|), finite for any y. */
          logSlope: () => {
            const a = tf.abs(y);
            return tf.add(tf.add(a, tf.mul(2, tf.log1p(tf.exp(tf.neg(a))))), Math.log(range));
          },
          slope: () => tf.div(range, tf.mul(p, q())),
          /** 2σ(y) − 1 */
          bend: () => tf.sub(tf.mul(2, p), 1),
        };
      },
    });
    return elementwise(name, phi);
  },
);
