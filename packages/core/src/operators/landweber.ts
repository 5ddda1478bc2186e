import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { above, checkOptions, checkValue, whole } from '../options';
import { type LinearOperator, operatorRule, squaredNorm } from './operator';

export interface LandweberOptions {
  /** Default 50. */
  steps?: number;
  /** Length μ of a step, below 2/‖A‖². Default: 1/‖A‖², found by power iteration. */
  step?: number;
}

/**
 * Gradient descent on ½‖A x − d‖² from zero, which stops early: the classical way to undo a linear operator.
 *
 *     x₀ = 0      xₖ₊₁ = xₖ − μ Aᵀ(A xₖ − d)
 *
 * d: [batch, …any] → x.   Landweber 1951, doi:10.2307/2372313.
 */
export function landweber(operator: LinearOperator, d: tf.Tensor, options: LandweberOptions = {}): tf.Tensor {
  checkValue('landweber', 'operator', operator, operatorRule);
  checkTensor('landweber', 'd', d);
  checkOptions('landweber', options, { steps: whole(), step: above(0, 'Leave it out for 1/‖A‖².') });
  const { steps = 50, step } = options;
  return tf.tidy(() => {
    const first = operator.adjoint(d);
    const mu = step ?? tf.div(1, squaredNorm(operator, first.shape));
    let x = tf.mul(first, mu);
    for (let k = 1; k < steps; k++) {
      const before = x;
      x = tf.tidy(() => tf.sub(before, tf.mul(operator.adjoint(tf.sub(operator.apply(before), d)), mu)));
      before.dispose();
    }
    return x;
  });
}
