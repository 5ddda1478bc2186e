import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../measure';
import type { Trained } from '../steps';
import { decibelsOf } from './evaluate';
import { trainable } from './network';
import { logLikelihood, maskOf, type Problem, type Recorded } from './survey';
import { minimize, type Plan } from './train';

/** How well a posterior explains its one observation. */
export interface Fit {
  /** Evidence lower bound, nats per pixel. */
  elbo: number;
  /** Mean square of what draws leave of the traces, in deviations of the noise: about 1 where they explain them. */
  misfit: number;
  /** Of the posterior mean. */
  psnr: number;
  /** Of the posterior, [1, depth, distance, 1]. */
  mean: tf.Tensor;
  deviation: tf.Tensor;
}

/** Draws by which fits are measured, and those of a step. */
const [measured, perStep] = [128, 16];

/**
 * Trains a flow for one observation alone, from what it has learnt of all others.
 *
 *     minimise E_q[ log q(x | y) − log p(y | x) − log p(x) ]
 *
 * The likelihood is that of the survey; the prior is the flow before, asked without a trace.   Siahkoohi et al. 2021,
 * arXiv:2101.03709, section 3.2.
 */
export async function fineTune(
  flow: inn.Flow,
  prior: inn.Flow,
  problem: Problem,
  { x: truth, condition }: Recorded,
  plan: Plan,
): Promise<{ before: Fit; after: Fit; trained: Trained }> {
  const likelihood = logLikelihood(problem, condition);
  const unseen = { condition: tf.zerosLike(condition) };
  const logDensity = (x: tf.Tensor) => tf.add(likelihood(x), prior.logProb(x, unseen));
  const fit = async (): Promise<Fit> => {
    const posterior = flow.posterior(condition);
    const drawn = posterior.sample(measured, { seed: 1 });
    const { mean, variance } = tf.moments(drawn, 0, true);
    posterior.dispose();
    const loss = inn.reverseKl(flow, logDensity, { samples: measured, seed: 1, condition });
    const there = tf.tidy(() => tf.sum(maskOf(condition)));
    const most = -Math.log(problem.noise) - 0.5 * Math.log(2 * Math.PI);
    const perDatum = await numberOf(tf.tidy(() => tf.div(tf.mean(likelihood(drawn)), there)));
    const deviation = tf.sqrt(variance);
    tf.dispose([drawn, variance, there]);
    return {
      elbo: -(await numberOf(loss)) / truth.size,
      misfit: 2 * (most - perDatum),
      psnr: await decibelsOf(mean, truth),
      mean,
      deviation,
    };
  };
  const before = await fit();
  const loss = (seed: number) =>
    inn.reverseKl(flow, logDensity, { samples: perStep, seed: 1 + seed, condition });
  const trained = await minimize(trainable(flow), loss, plan);
  return { before, after: await fit(), trained };
}
