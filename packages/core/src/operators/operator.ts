import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { having, type Rule } from '../options';
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
  { iterations = 20, seed = 0 }: { iterations?: number; seed?: number } = {},
): tf.Scalar {
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
