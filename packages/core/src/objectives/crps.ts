import * as tf from '@tensorflow/tfjs-core';
import { checkDrawn } from './drawn';

/**
 * The continuous ranked probability score of each number of x, by draws of it: how far they are from x, less how far apart they
 * are. In the units of x; the smaller, the better; |x − s| where all draws are s.
 *
 *     E|s − x| − ½ E|s − s′| ≈ (1/n) Σₖ |sₖ − x| − Σₖ (2k − n − 1) s₍ₖ₎ / (n (n − 1)),  s₍₁₎ ≤ … ≤ s₍ₙ₎
 *
 * Its mean is least for the distribution that x comes from, with any n.   draws: n ≥ 2 for each x, [batch, n, …]; x: [batch, …] →
 * [batch, …].   Gneiting & Raftery 2007, doi:10.1198/016214506000001437, eq. 21; Ferro 2014, doi:10.1002/qj.2270, for finite n.
 */
export function crps(draws: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const n = checkDrawn('crps', draws, x, 2);
  return tf.tidy(() => {
    const distance = tf.mean(tf.abs(tf.sub(draws, tf.expandDims(x, 1))), 1);
    const last = tf.reshape(tf.transpose(tf.reshape(draws, [x.shape[0] ?? 0, n, -1]), [0, 2, 1]), [-1, n]);
    const { values } = tf.topk(last, n); // from the largest on
    const weights = tf.tensor2d(
      Float32Array.from({ length: n }, (_, k) => (n - 1 - 2 * k) / (n * (n - 1))),
      [n, 1],
    );
    return tf.sub(distance, tf.reshape(tf.matMul(values as tf.Tensor2D, weights), x.shape));
  });
}
