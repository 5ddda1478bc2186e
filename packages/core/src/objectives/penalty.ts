import type * as tf from '@tensorflow/tfjs-core';
import { having, type Rule } from '../options';

/** A convex function R that images are charged with, such as an ℓ₁ norm, known by its values and its proximal map. */
export interface Penalty {
  /** R of each sample: [batch, …] → [batch]. */
  value(x: tf.Tensor): tf.Tensor1D;
  /** argminₓ ½‖x − v‖² + μ R(x), for each sample. */
  prox(v: tf.Tensor, mu: number | tf.Scalar): tf.Tensor;
}

export const penaltyRule: Rule = {
  ...having('value', 'prox'),
  remedy: 'Such as l1Penalty({ weight: 0.01 }) or totalVariationPenalty({ weight: 0.01 }).',
};
