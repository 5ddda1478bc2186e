import * as tf from '@tensorflow/tfjs-core';
import { tidy } from '../../tidy';
import { network } from '../network';

const root = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** tanh u, u = √(2/π) (z + 0.044715 z³) */
const gate = (z: tf.Tensor) => tf.tanh(tf.mul(root, tf.mul(z, tf.add(1, tf.mul(cubic, tf.square(z))))));

const value = (z: tf.Tensor) => tf.tidy(() => tf.mul(tf.mul(0.5, z), tf.add(1, gate(z))));

const slope = (z: tf.Tensor) => {
  const t = gate(z);
  const du = tf.mul(root, tf.add(1, tf.mul(3 * cubic, tf.square(z))));
  return tf.mul(0.5, tf.add(tf.add(1, t), tf.mul(z, tf.mul(tf.sub(1, tf.square(t)), du))));
};

/**
 * Gaussian error linear unit, by the tanh of its authors, which every backend has.
 *
 *     h = z (1 + t)/2      dh/dz = (1 + t + z (1 − t²) u′)/2      t = tanh u, u = √(2/π) (z + 0.044715 z³)
 *
 * Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
 */
export const gelu = network({
  reads: { x: true, h: false },
  outputShape: (shape) => [...shape],
  weights: () => [],
  forward: value,
  linearize: (z) => ({
    h: value(z),
    pullback: (dh) => ({ dx: tf.tidy(() => tf.mul(dh, slope(z))), dw: {} }),
  }),
  pushforward: (z, dz) => tidy(() => ({ h: value(z), dh: tf.mul(dz, slope(z)) })),
});
