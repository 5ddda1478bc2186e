import * as tf from '@tensorflow/tfjs-core';

/** The largest slope of z σ(z) is 1.0998. */
const most = 1.1;

/**
 * LipSwish, an activation without kinks whose slope is at most 1, with its first and second derivative.
 *
 *     φ = z σ/1.1      φ′ = σ (1 + z (1 − σ))/1.1      φ″ = σ (1 − σ)(2 + z (1 − 2σ))/1.1,   σ = σ(z)
 *
 * Chen et al. 2019, arXiv:1906.02735, section 3.3.
 */
export const swish = {
  value: (z: tf.Tensor) => tf.mul(1 / most, tf.mul(z, tf.sigmoid(z))),
  slope(z: tf.Tensor) {
    const s = tf.sigmoid(z);
    return tf.mul(tf.mul(1 / most, s), tf.add(1, tf.mul(z, tf.sub(1, s))));
  },
  bend(z: tf.Tensor) {
    const s = tf.sigmoid(z);
    const turned = tf.add(2, tf.mul(z, tf.sub(1, tf.mul(2, s))));
    return tf.mul(tf.mul(1 / most, tf.mul(s, tf.sub(1, s))), turned);
  },
};
