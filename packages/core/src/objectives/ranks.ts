import * as tf from '@tensorflow/tfjs-core';
import { checkDrawn } from './drawn';

/**
 * The rank of each number of x among draws of it: how many of them are smaller.
 *
 *     r = #{k : sₖ < x}      uniform on {0, …, n} where x is distributed as the n draws are
 *
 * draws: n for each x, [batch, n, …]; x: [batch, …] → [batch, …].   Talts et al. 2018, arXiv:1804.06788, theorem 1.
 *
 * ```ts
 * const truth = tf.randomNormal([50, 3]);
 * const draws = tf.randomNormal([50, 39, 3]); // such as flow.sample(39, { condition, each: true })
 * const ranks = await core.ranks(draws, truth).data();
 * const { chiSquare } = core.rankHistogram(ranks, { draws: 39, bins: 10 });
 * const inside = core.coverage(ranks, { draws: 39, level: 0.8 }); // about 0.8
 * ```
 */
export function ranks(draws: tf.Tensor, x: tf.Tensor): tf.Tensor {
  checkDrawn('ranks', draws, x);
  return tf.tidy(() => {
    const smaller = tf.less(draws, tf.expandDims(x, 1));
    // Not a cast: webgpu goes on to take the numbers for integers.
    return tf.sum(tf.where(smaller, tf.ones(draws.shape), tf.zeros(draws.shape)), 1);
  });
}
