import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { functionRule } from '../check';
import { type Condition, conditionRule } from '../flow/condition';
import type { Flow } from '../flow/flow';

export interface ReverseKlOptions {
  /** Samples that the mean is taken of. Default 128. */
  samples?: number;
  /** The same seed gives the same samples. Default: other ones with each call. */
  seed?: number;
  /** One for all samples, or one for each. */
  condition?: Condition;
}

/**
 * The reverse Kullback–Leibler divergence of a flow from a density that is known up to a factor, as a loss for a loop of one's own.
 *
 *     E_z[ log q(x) − log p̃(x) ],  x = f⁻¹(z)      log q(x) = log p_base(z) − log|det ∂f⁻¹/∂z|
 *
 * It is −log ∫ p̃ or more: the negative evidence lower bound where p̃(x) = p(data | x) p(x).   logDensity: log p̃ of each x, [batch],
 * made of tfjs ops. Samples go through the reversed bijection as one reversible op, so memory does not grow with depth. The base must
 * be one without weights.   Rezende & Mohamed 2015, arXiv:1505.05770, eq. 15.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * const ring = (x: tf.Tensor) => tf.mul(-8, tf.square(tf.sub(tf.norm(x, 2, 1), 2)));
 * const optimizer = tf.train.adam(1e-3);
 * for (let seed = 0; seed < 3; seed++) optimizer.minimize(() => inn.reverseKl(flow, ring, { samples: 64, seed }));
 * ```
 */
export function reverseKl(
  flow: Flow,
  logDensity: (x: tf.Tensor) => tf.Tensor,
  options: ReverseKlOptions = {},
): tf.Scalar {
  checkDensity('reverseKl', flow, 'logDensity', logDensity);
  const { seed: seeds, whole } = core.rules;
  core.checkOptions('reverseKl', options, { samples: whole(), seed: seeds, condition: conditionRule });
  checkBase('reverseKl', flow);
  const { samples = 128, seed, condition } = options;
  return tf.tidy(() => {
    const z = flow.sampleLatent(samples, { condition, ...(seed !== undefined && { seed }) });
    const c = flow.conditionFor(samples, condition);
    const logBase = flow.head.base.logProb(z, flow.head.named(), c);
    const map = core.reversible(core.reverse(flow.bijection));
    const { y: x, logDet } = map(z, flow.layer.named(), { ...(c && { condition: c }) });
    return tf.mean<tf.Scalar>(tf.sub(tf.sub(logBase, logDet), logDensity(x)));
  });
}

/** Refuses what is no flow, and what is no function. */
export function checkDensity(where: string, flow: Flow, name: string, f: unknown): void {
  const { checkValue, having } = core.rules;
  checkValue(where, 'flow', flow, {
    ...having('logProb', 'sampleLatent'),
    expected: 'a flow',
    required: true,
  });
  checkValue(where, name, f, functionRule);
}

/** Refuses a flow whose base learns. */
export function checkBase(where: string, { head, latentShape, conditionShape }: Flow): void {
  const weights = head.base.weights(latentShape, conditionShape);
  if (!weights.some(({ trainable = true }) => trainable)) return;
  core.refuse(
    where,
    'a base without weights of its own',
    head.base.name,
    'Samples are drawn from it, and no gradient goes through a draw: take the normal, uniform, logistic or studentT base.',
  );
}
