import * as tf from '@tensorflow/tfjs-core';
import { randomUniform } from '../random';
import { sumPerSample } from '../tensors/channels';
import { defineDistribution } from './distribution';

/** float32 has nothing between 1 − this and 1: what is drawn stays within ±16.6. */
const least = 2 ** -24;

/**
 * The standard logistic distribution, whose cumulative function is the sigmoid.
 *
 *     log p(z) = Σ log σ(z)σ(−z) = −Σ |z| + 2 log(1 + e^−|z|)
 *
 * The temperature scales what is drawn.   Dinh et al. 2014, arXiv:1410.8516, section 3.4.
 */
export const logistic = defineDistribution('logistic', {}, () => ({
  weights: () => [],
  logProb(z) {
    const a = tf.abs(z);
    return tf.neg(sumPerSample(tf.add(a, tf.mul(2, tf.log1p(tf.exp(tf.neg(a)))))));
  },
  sample(n, shape, { seed, temperature = 1 }) {
    const u = tf.clipByValue(randomUniform([n, ...shape], seed), least, 1 - least);
    return tf.mul(temperature, tf.sub(tf.log(u), tf.log(tf.sub(1, u))));
  },
}));
