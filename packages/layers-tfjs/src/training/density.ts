import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerRule } from '../check';
import { checkSamples } from '../flow/check';
import { type Condition, conditionRule } from '../flow/condition';
import type { Flow } from '../flow/flow';
import { checkBase, checkDensity, reverseKl } from './reverse-kl';
import { yielding } from './yielding';

export interface FitDensityOptions {
  steps: number;
  /** Samples per step. Default 128. */
  batchSize?: number;
  /** Default: Adam with learning rate 1e-3. */
  optimizer?: tf.Optimizer;
  /** Seed of the samples. Default 0. */
  seed?: number;
  condition?: Condition;
  /** Called with the loss of every step. */
  onStep?: (step: number, loss: number) => void;
}

/**
 * Trains a flow to a density that is known up to a factor, by the reverse Kullback–Leibler divergence.
 *
 *     minimise E_z[ log q(x) − log p̃(x) ],  x = f⁻¹(z)
 *
 * logDensity: log p̃ of each x, [batch], made of tfjs ops; {@link reverseKl} is the loss.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * const ring = (x: tf.Tensor) => tf.mul(-8, tf.square(tf.sub(tf.norm(x, 2, 1), 2)));
 * await inn.fitDensity(flow, ring, { steps: 3 });
 * ```
 */
export async function fitDensity(
  flow: Flow,
  logDensity: (x: tf.Tensor) => tf.Tensor,
  options: FitDensityOptions,
): Promise<void> {
  const { callable, required, seed: seeds, whole } = core.rules;
  checkDensity('fitDensity', flow, 'logDensity', logDensity);
  core.checkOptions('fitDensity', options, {
    steps: required(whole()),
    batchSize: whole(),
    optimizer: optimizerRule,
    seed: seeds,
    condition: conditionRule,
    onStep: callable,
  });
  const { steps, batchSize = 128, optimizer: given, seed = 0, condition, onStep } = options;
  const optimizer = given ?? tf.train.adam(1e-3);
  const variables = flow.model.trainableWeights.map((w) => w.read() as tf.Variable);
  checkBase('fitDensity', flow);
  const letOthersRun = yielding();
  try {
    for (let step = 0; step < steps; step++) {
      await letOthersRun();
      const draw = { samples: batchSize, seed: seed + 104_729 * step, ...(condition && { condition }) };
      const loss = optimizer.minimize(() => reverseKl(flow, logDensity, draw), true, variables)!;
      const [value] = await loss.data();
      loss.dispose();
      onStep?.(step, value!);
      if (Number.isFinite(value)) continue;
      core.refuse(
        'fitDensity',
        'a finite loss',
        `${value} in step ${step}`,
        'The density must be finite where the flow draws: bound it, lower the learning rate, or clip gradients.',
      );
    }
  } finally {
    if (!given) optimizer.dispose();
  }
}

export interface MapEstimateOptions {
  /** Where to start, in latent space. Default: zero, the mode of the base. */
  start?: tf.Tensor;
  /** Default 200. */
  steps?: number;
  /** Default: Adam with learning rate 0.05. */
  optimizer?: tf.Optimizer;
  condition?: Condition;
}

/**
 * The x of highest posterior density under a flow as the prior, found in latent space.
 *
 *     maximise log L(x) + log p_base(z) − log|det ∂f⁻¹/∂z|,  x = f⁻¹(z)
 *
 * logLikelihood: log L of each x, [batch], made of tfjs ops. → x: [n, …], logPosterior: [n], up to a constant.
 *
 * ```ts
 * const prior = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * const seen = tf.tensor2d([[1, 0.5]]);
 * const likelihood = (x: tf.Tensor) => tf.mul(-2, tf.sum(tf.square(tf.sub(x, seen)), 1));
 * const { x, logPosterior } = await inn.mapEstimate(prior, likelihood, { steps: 5 });
 * ```
 */
export async function mapEstimate(
  flow: Flow,
  logLikelihood: (x: tf.Tensor) => tf.Tensor,
  options: MapEstimateOptions = {},
): Promise<{ x: tf.Tensor; logPosterior: tf.Tensor }> {
  const { tensor, whole } = core.rules;
  checkDensity('mapEstimate', flow, 'logLikelihood', logLikelihood);
  core.checkOptions('mapEstimate', options, {
    start: tensor,
    steps: whole(),
    optimizer: optimizerRule,
    condition: conditionRule,
  });
  if (options.start !== undefined) checkSamples('mapEstimate', options.start, flow.latentShape);
  const { start, steps = 200, optimizer: given, condition } = options;
  const optimizer = given ?? tf.train.adam(0.05);
  const map = core.reversible(core.reverse(flow.bijection));
  const z = tf.tidy(() => tf.variable(start ?? tf.zeros([1, ...flow.latentShape])));
  const posterior = () => {
    const c = flow.conditionFor(z.shape[0], condition);
    const { y: x, logDet } = map(z, flow.layer.named(), { ...(c && { condition: c }) });
    const prior = tf.sub(flow.head.base.logProb(z, flow.head.named(), c), logDet);
    return { x, logPosterior: tf.add(logLikelihood(x), prior) };
  };
  const letOthersRun = yielding();
  try {
    for (let step = 0; step < steps; step++) {
      await letOthersRun();
      optimizer.minimize(() => tf.sum(tf.neg(posterior().logPosterior)), false, [z]);
    }
    const { x, logPosterior } = tf.tidy(() => ({ ...posterior() }));
    const values = await logPosterior.data();
    if (values.every(Number.isFinite)) return { x, logPosterior };
    tf.dispose([x, logPosterior]);
    return core.refuse(
      'mapEstimate',
      'a finite posterior',
      Array.from(values).join(', '),
      'The likelihood must be finite along the way: start nearer, or lower the learning rate.',
    );
  } finally {
    if (!given) optimizer.dispose();
    z.dispose();
  }
}
