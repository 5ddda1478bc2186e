import * as tf from '@tensorflow/tfjs-core';
import { flag, whole } from '../options';
import { randomNormal, randomUniform } from '../random';
import { checkSample, checkWeights, type Distribution, defineDistribution, dimensions } from './distribution';
import { logSumExp } from './log-sum-exp';
import { logRoot2Pi } from './normal';

const name = 'mixtureOfNormals';

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
  name,
  { components: whole(), trainable: flag },
  ({ components: K = 8, trainable = true }: MixtureOptions = {}) => {
    const weights: Distribution['weights'] = (shape) => {
      const size = [K, dimensions(shape)];
      return [
        { name: 'logits', shape: [K], initialize: () => tf.zeros([K]), trainable },
        { name: 'means', shape: size, initialize: (seed) => randomNormal(size, seed), trainable },
        { name: 'logDeviations', shape: size, initialize: () => tf.zeros(size), trainable },
      ];
    };
    return {
      weights,
      logProb(z, w = {}) {
        checkWeights(name, weights(z.shape.slice(1)), w);
        return tf.tidy(() => {
          const D = dimensions(z.shape.slice(1));
          const l = tf.reshape(w.logDeviations!, [1, K, D]);
          const e = tf.mul(
            tf.sub(tf.reshape(z, [-1, 1, D]), tf.reshape(w.means!, [1, K, D])),
            tf.exp(tf.neg(l)),
          );
          const logN = tf.neg(tf.sum(tf.add(tf.add(tf.mul(0.5, tf.square(e)), l), logRoot2Pi), 2));
          const logPi = tf.sub(w.logits!, tf.logSumExp(w.logits!));
          return logSumExp(tf.add(logN, logPi), 1);
        });
      },
      sample(n, shape, options) {
        checkSample(name, n, options);
        const { seed, temperature = 1, w = {} } = options;
        checkWeights(name, weights(shape), w);
        return tf.tidy(() => {
          // The largest of logits with Gumbel noise is a draw from their softmax.
          const noise = tf.neg(tf.log(tf.neg(tf.log(randomUniform([n, K], seed + 7919)))));
          const chosen = tf.cast(tf.oneHot(tf.argMax(tf.add(w.logits!, noise), 1), K), 'float32');
          const deviation = tf.exp(tf.matMul(chosen, w.logDeviations!));
          const e = randomNormal([n, dimensions(shape)], seed, temperature);
          return tf.reshape(tf.add(tf.matMul(chosen, w.means!), tf.mul(deviation, e)), [n, ...shape]);
        });
      },
    };
  },
);
