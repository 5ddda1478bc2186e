import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../../tensors/channels';

/**
 * The threshold of each row above which there is so much in all:
 *
 *     Σ max(x − τ, 0) = s      τ = max over k of (x₍₁₎ + … + x₍ₖ₎ − s)/k, from the largest number down
 *
 * rows: [R, n] → [R, 1].   Duchi et al. 2008, figure 1, whose ρ is the k of the maximum.
 */
export function thresholdOf(rows: tf.Tensor2D, s: number | tf.Tensor): tf.Tensor2D {
  const n = channels(rows.shape);
  const sums = tf.cumsum(tf.topk(rows, n).values, 1);
  const tau: tf.Tensor2D = tf.max(tf.div(tf.sub(sums, s), tf.range(1, n + 1)), 1, true);
  // One step of Newton takes off what long sums have rounded.
  const over = tf.relu(tf.sub(rows, tau));
  const count = tf.maximum(tf.sum(tf.step(over), 1, true), 1);
  return tf.add(tau, tf.div(tf.sub(tf.sum(over, 1, true), s), count));
}
