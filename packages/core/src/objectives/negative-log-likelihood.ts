import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { checkLike, checkTensor } from '../check';
import { type Distribution, distributionRule } from '../distributions/distribution';
import { normal } from '../distributions/normal';
import { checkOptions, tensor, weightsByName } from '../options';

export interface LikelihoodOptions {
  /** The distribution of z. Default: the standard normal. */
  base?: Distribution;
  /** The weights of the base. */
  w?: Weights;
  condition?: tf.Tensor;
}

/**
 * The negative log-likelihood per sample of what a flow has made of it, in nats.
 *
 *     −log p(x) = −log p_base(z) − log|det J|      [batch]
 */
export function negativeLogLikelihood(
  output: { y: tf.Tensor; logDet: tf.Tensor },
  options: LikelihoodOptions = {},
): tf.Tensor {
  const where = 'negativeLogLikelihood';
  checkOptions(where, options, { base: distributionRule, w: weightsByName, condition: tensor });
  const { y: z, logDet } = { ...output };
  checkTensor(where, 'y', z);
  checkLike(where, 'logDet', logDet, z.shape.slice(0, 1));
  const { base = normal(), w, condition } = options;
  return tf.tidy(() => tf.neg(tf.add(base.logProb(z, w, condition), logDet)));
}
