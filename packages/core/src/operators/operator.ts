import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { anyShape, checkOptions, checkValue, having, type Rule, seed as seedRule, whole } from '../options';
import { randomNormal } from '../random';

/**
 * A linear operator A that is never written out: every sample x of the batch becomes data A x.
 *
 * x: [batch, …spatial, channels] → d: [batch, …any]. `adjoint` is the transpose for the sum of products over all numbers:
 * `dotTest` tells whether it is. Both are made of tfjs ops and leave their input alone.
 */
export interface LinearOperator {
  apply(x: tf.Tensor): tf.Tensor;
  adjoint(d: tf.Tensor): tf.Tensor;
}

export const operatorRule: Rule = {
  ...having('apply', 'adjoint'),
  remedy: 'Such as convolutionOperator, maskOperator, radonOperator, or one of your own.',
};

/** An operator that holds tensors of its own. */
export interface HeldOperator extends LinearOperator {
  dispose(): void;
}

/**
 * ‖A‖², the largest eigenvalue of AᵀA, from below by power iteration: v ← AᵀA v / ‖AᵀA v‖.   Returns a scalar.
 *
 * shape: that of x, batch first; one sample of it is tried.
 */
export function squaredNorm(
  operator: LinearOperator,
  shape: Shape,
  options: { iterations?: number; seed?: number } = {},
): tf.Scalar {
  checkValue('squaredNorm', 'operator', operator, operatorRule);
  checkValue('squaredNorm', 'shape', shape, anyShape);
  checkOptions('squaredNorm', options, { iterations: whole(), seed: seedRule });
  const { iterations = 20, seed = 0 } = options;
  const length = (t: tf.Tensor): tf.Scalar => tf.maximum(tf.norm(t), 1e-30);
  return tf.tidy(() => {
    let v = randomNormal([1, ...shape.slice(1)], seed);
    let norm = length(v);
    for (let k = 0; k < iterations; k++) {
      [v, norm] = tf.tidy(() => {
        const image = operator.adjoint(operator.apply(tf.div(v, norm)));
        return [image, length(image)];
      });
    }
    return norm;
  });
}
