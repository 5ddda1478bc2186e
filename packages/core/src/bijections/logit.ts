import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, checkShape, perElement, sumPerSample } from '../bijection';
import { define, everyRank } from '../define';
import { InvertibleError } from '../errors';

export interface LogitOptions {
  /** Distance that keeps 0 and 1 from infinity. Default 1e-6. */
  alpha?: number;
}

/**
 * Logit: numbers within [0, 1], such as dequantised pixels, to the whole line.
 *
 *     p = α + (1 − 2α) x      y = log p − log(1 − p)      x = (σ(y) − α) / (1 − 2α)
 *     log|det J| = Σ log(1 − 2α) + softplus(y) + softplus(−y)
 *
 * x: [batch, …spatial, channels].   Dinh et al. 2017, arXiv:1605.08803, section 4.1; Papamakarios et al. 2017, arXiv:1705.07057, appendix D.
 */
export const logit = define(
  {
    className: 'InvertibleLogit',
    source: 'Dinh et al. 2017, 4.1',
    logDet: 'Σ log(p(1−p))⁻¹',
    axes: everyRank,
  },
  ({ alpha = 1e-6 }: LogitOptions = {}): Bijection => {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new InvertibleError({
        where: 'logit',
        expected: 'alpha within (0, 0.5)',
        came: String(alpha),
        remedy: 'It keeps 0 and 1 away from infinity; 1e-6 is the default.',
      });
    }
    const range = 1 - 2 * alpha;
    const same = (shape: readonly number[]) => {
      checkShape('logit', shape);
      return [...shape];
    };
    const out = (x: tf.Tensor) => {
      const p = tf.add(tf.mul(x, range), alpha);
      return tf.sub(tf.log(p), tf.log(tf.sub(1, p)));
    };
    const back = (y: tf.Tensor) => tf.div(tf.sub(tf.sigmoid(y), alpha), range);
    /** log dy/dx = log(1 − 2α) + |y| + 2·log(1 + e^−|y|), finite for any y. */
    const logSlope = (y: tf.Tensor) => {
      const a = tf.abs(y);
      return tf.add(tf.add(a, tf.mul(2, tf.log1p(tf.exp(tf.neg(a))))), Math.log(range));
    };
    /** d log(dy/dx) / dy = 2σ(y) − 1 */
    const bend = (y: tf.Tensor) => tf.tanh(tf.div(y, 2));
    return {
      name: 'logit',
      outputShape: same,
      inputShape: same,
      weights: (shape) => {
        checkShape('logit', shape);
        return [];
      },
      forward: (x) =>
        tf.tidy(() => {
          const y = out(x);
          return { y, logDet: sumPerSample(logSlope(y)) };
        }),
      inverse: (y) => tf.tidy(() => ({ x: back(y), logDet: tf.neg(sumPerSample(logSlope(y))) })),
      pullback: (y, dy, dL) =>
        tf.tidy(() => ({
          x: back(y),
          dx: tf.mul(tf.add(dy, tf.mul(perElement(dL, y.rank), bend(y))), tf.exp(logSlope(y))),
          dw: {},
        })),
      inversePullback: (x, dx, dL) =>
        tf.tidy(() => {
          const y = out(x);
          return {
            y,
            dy: tf.sub(tf.mul(dx, tf.exp(tf.neg(logSlope(y)))), tf.mul(perElement(dL, y.rank), bend(y))),
            dw: {},
          };
        }),
      pushforward: (x, dx) =>
        tf.tidy(() => {
          const y = out(x);
          const l = logSlope(y);
          const dy = tf.mul(dx, tf.exp(l));
          return { y, dy, logDet: sumPerSample(l), dLogDet: sumPerSample(tf.mul(bend(y), dy)) };
        }),
      inversePushforward: (y, dy) =>
        tf.tidy(() => {
          const l = logSlope(y);
          return {
            x: back(y),
            dx: tf.mul(dy, tf.exp(tf.neg(l))),
            logDet: tf.neg(sumPerSample(l)),
            dLogDet: tf.neg(sumPerSample(tf.mul(bend(y), dy))),
          };
        }),
    };
  },
);
