import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { closedForm, simulate } from './problem';

/** Mean and covariance of samples of a posterior, [m₀, m₁, c₀₀, c₀₁, c₁₀, c₁₁]. */
const momentsOf = (flow: inn.Flow, y: number[], samples: number, seed: number): tf.Tensor =>
  tf.tidy(() => {
    const s = flow.sample(samples, { seed, condition: tf.tensor2d([y]) });
    const mean = tf.mean(s, 0);
    const centred = tf.reshape<tf.Rank.R2>(tf.sub(s, mean), [samples, 2]);
    const covariance = tf.div(tf.matMul(centred, centred, true), samples);
    return tf.concat([tf.reshape(mean, [2]), tf.reshape(covariance, [4])]);
  });

/** Mean and covariance of posterior samples against the closed form, over conditions: relative root mean square errors. */
export async function agreement(
  flow: inn.Flow,
  seed: number,
  { conditions = 50, samples = 20_000 } = {},
): Promise<{ mean: number; covariance: number }> {
  const { x, y } = simulate(conditions, 500 + seed);
  const sums = { mean: 0, means: 0, covariance: 0, covariances: 0 };
  for (const [k, row] of (await y.array()).entries()) {
    const [m0 = 0, m1 = 0, ...c] = await floatsOf(momentsOf(flow, row, samples, 77 + k));
    const { mean, covariance } = closedForm(row);
    sums.mean += (m0 - mean[0]) ** 2 + (m1 - mean[1]) ** 2;
    sums.means += mean[0] ** 2 + mean[1] ** 2;
    for (const [i, v] of covariance.flat().entries()) {
      sums.covariance += ((c[i] ?? 0) - v) ** 2;
      sums.covariances += v ** 2;
    }
  }
  tf.dispose([x, y]);
  return {
    mean: Math.sqrt(sums.mean / sums.means),
    covariance: Math.sqrt(sums.covariance / sums.covariances),
  };
}
