import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { floatsOf, numberOf } from '../measure';
import type { LinearPosterior } from './linear';
import type { Recorded } from './survey';

/** How far a flow is from the posterior in closed form, over observations. */
export interface Agreement {
  /** Root mean square of the difference of means, in posterior deviations, and what of it draws of that number alone would make. */
  mean: number;
  meanOfDraws: number;
  /** Root mean square of the relative difference of deviations, and what draws alone would make. */
  deviation: number;
  deviationOfDraws: number;
  /** Kullback–Leibler divergence of the flow from the posterior, nats per pixel. */
  divergence: number;
}

/** A mean and a deviation of one observation, both ways. */
export interface Comparison {
  exact: { mean: Float32Array; deviation: Float32Array };
  flow: { mean: Float32Array; deviation: Float32Array };
}

/** Compares a flow with the closed form on recorded images that are normal. */
export async function agreement(
  flow: inn.Flow,
  exact: LinearPosterior,
  held: Recorded,
  { draws, seed }: { draws: number; seed: number },
): Promise<Agreement & { comparisons: Comparison[] }> {
  const n = held.x.shape[0];
  const comparisons: Comparison[] = [];
  let [mean, deviation, divergence] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, condition] = [tf.slice(held.x, i, 1), tf.slice(held.condition, i, 1)];
    const { own, logProb } = await asked(flow, x, condition, { draws, seed: seed + i });
    const covariance = await matrixOf(exact.covariance(condition));
    const known = {
      mean: await floatsOf(exact.mean(condition)),
      deviation: Float32Array.from(covariance.diagonal(), Math.sqrt),
    };
    const truth = await floatsOf(x);
    condition.dispose();
    divergence += (logNormal(minus(truth, known.mean), covariance) - logProb) / truth.length;
    mean += squares(minus(own.mean, known.mean), known.deviation);
    deviation += squares(minus(own.deviation, known.deviation), known.deviation);
    comparisons.push({ exact: known, flow: own });
  }
  return {
    mean: Math.sqrt(mean / n),
    meanOfDraws: 1 / Math.sqrt(draws),
    deviation: Math.sqrt(deviation / n),
    deviationOfDraws: 1 / Math.sqrt(2 * draws),
    divergence: divergence / n,
    comparisons,
  };
}

const minus = (a: Float32Array, b: Float32Array): Float32Array => a.map((v, k) => v - (b[k] ?? 0));

/** Mean square in units. */
const squares = (a: Float32Array, units: Float32Array): number =>
  a.reduce((sum, v, k) => sum + (v / (units[k] ?? 1)) ** 2, 0) / a.length;

/** Moments of the flow's draws for one observation, and the density of the truth. */
async function asked(
  flow: inn.Flow,
  x: tf.Tensor4D,
  condition: tf.Tensor4D,
  { draws, seed }: { draws: number; seed: number },
) {
  const posterior = flow.posterior(condition);
  const { mean, deviation } = posterior.moments(draws, { seed });
  const logProb = await numberOf(posterior.logProb(x));
  posterior.dispose();
  return { own: { mean: await floatsOf(mean), deviation: await floatsOf(deviation) }, logProb };
}

async function matrixOf(t: tf.Tensor2D): Promise<Matrix> {
  const [n] = t.shape;
  const even = tf.tidy(() => tf.mul(tf.add(t, tf.transpose(t)), 0.5));
  t.dispose();
  return Matrix.from1DArray(n, n, Array.from(await floatsOf(even)));
}

/** log N(e; 0, Σ) */
function logNormal(e: Float32Array, covariance: Matrix): number {
  const factor = new CholeskyDecomposition(covariance);
  const column = Matrix.columnVector(Array.from(e));
  const squares = column.transpose().mmul(factor.solve(column)).get(0, 0);
  const logDet = 2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, v) => sum + Math.log(v), 0);
  return -0.5 * (squares + logDet + e.length * Math.log(2 * Math.PI));
}
