import * as tf from '@tensorflow/tfjs-core';
import { flag, whole } from '../options';
import { childSeed, randomNormal, randomUniform } from '../random';
import { sizeOf } from '../tensors/channels';
import { weight } from '../weight-names';
import { type Distribution, defineDistribution } from './distribution';
import { logSumExp } from './log-sum-exp';
import { logRoot2Pi } from './normal';

export interface MixtureOptions {
  /** How many normal distributions. Default 8. */
  components?: number;
  /** Whether shares, means and deviations are learned. Default true. */
  trainable?: boolean;
}

/**
 * A mixture of K normal distributions, each with a mean and a deviation per number of a sample.
 *
 *     log p(z) = log Σₖ πₖ N(z; μₖ, eˡᵏ)      π = softmax of the logits
 *
 * Weights: logits [K] and logDeviations [K, D] at zero, means [K, D] drawn from a standard normal. Where every component
 * is below float32, log p stops at −3·10³⁸. The temperature scales the deviations; the means stay.
 */
export const mixtureOfNormals = defineDistribution(
  'mixtureOfNormals',
  { components: whole(), trainable: flag },
  ({ components: K = 8, trainable = true }: MixtureOptions = {}) => {
    const weights: Distribution['weights'] = (shape) => {
      const size = [K, sizeOf(shape)];
      return [
        { name: 'logits', shape: [K], initialize: () => tf.zeros([K]), trainable },
        { name: 'means', shape: size, initialize: (seed) => randomNormal(size, seed), trainable },
        { name: 'logDeviations', shape: size, initialize: () => tf.zeros(size), trainable },
      ];
    };
    return {
      weights,
      logProb(z, w = {}) {
        const D = sizeOf(z.shape.slice(1));
        const l = tf.reshape(weight(w, 'logDeviations'), [1, K, D]);
        const distance = tf.sub(tf.reshape(z, [-1, 1, D]), tf.reshape(weight(w, 'means'), [1, K, D]));
        const e = tf.mul(distance, tf.exp(tf.neg(l)));
        const logN = tf.neg(tf.sum(tf.add(tf.add(tf.mul(0.5, tf.square(e)), l), logRoot2Pi), 2));
        const logits = weight(w, 'logits');
        return logSumExp(tf.add(logN, tf.sub(logits, tf.logSumExp(logits))), 1);
      },
      sample(n, shape, { seed, temperature = 1, w = {} }) {
        // The largest of logits with Gumbel noise is a draw from their softmax.
        const noise = tf.neg(tf.log(tf.neg(tf.log(randomUniform([n, K], childSeed(seed, 1))))));
        const largest = tf.argMax(tf.add(weight(w, 'logits'), noise), 1);
        const chosen = tf.cast(tf.oneHot(largest, K), 'float32');
        const deviation = tf.exp(tf.matMul(chosen, weight(w, 'logDeviations')));
        const e = randomNormal([n, sizeOf(shape)], seed, temperature);
        const z = tf.add(tf.matMul(chosen, weight(w, 'means')), tf.mul(deviation, e));
        return tf.reshape(z, [n, ...shape]);
      },
    };
  },
);
