import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { monotone } from '../transformers/transformer';

/** 1 − e⁻ʸ, without cancellation near zero. */
const rise = (y: tf.Tensor) =>
  tf.tidy(() => {
    const t = tf.tanh(tf.div(tf.clipByValue(y, 1e-30, 1e38), 2));
    return tf.div(tf.mul(2, t), tf.add(1, t));
  });

/**
 * Softplus: the whole line to the positive numbers.
 *
 *     y = log(1 + eˣ)      log|det J| = Σ log(1 − e⁻ʸ)      x = y + log(1 − e⁻ʸ)
 *
 * x: [batch, …spatial, channels].   Dugas et al. 2001.
 */
export const softplus = defineBijection(
  { className: 'InvertibleSoftplus', source: 'Dugas et al. 2001, eq. 4', logDet: 'Σ log σ(x)' },
  (_: object, name) =>
    elementwise(
      name,
      monotone({
        image: [0, Number.POSITIVE_INFINITY],
        apply: (x) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
        from(y) {
          const r = rise(y);
          return {
            v: () => tf.add(y, tf.log(r)),
            logSlope: () => tf.log(r),
            slope: () => r,
            /** e⁻ʸ / (1 − e⁻ʸ) */
            bend: () => tf.sub(tf.reciprocal(r), 1),
          };
        },
      }),
    ),
);
