import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import type { Distribution } from '../distributions/distribution';
import { normal } from '../distributions/normal';

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
export const negativeLogLikelihood = (
  { y: z, logDet }: { y: tf.Tensor; logDet: tf.Tensor },
  { base = normal(), w, condition }: LikelihoodOptions = {},
): tf.Tensor => tf.tidy(() => tf.neg(tf.add(base.logProb(z, w, condition), logDet)));
