import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { type Penalty, penaltyRule } from '../objectives/penalty';
import { above, checkOptions, checkValue, required, whole } from '../options';
import { type LinearOperator, operatorRule, squaredNorm } from './operator';

export interface FistaOptions {
  /** R: `l1Penalty`, `totalVariationPenalty`, or one of your own. */
  penalty: Penalty;
  /** Default 50. */
  steps?: number;
  /** Length μ of a step, at most 1/‖A‖². Default: 0.98/‖A‖², found by power iteration. */
  step?: number;
}

/**
 * Regularised inversion, the minimiser of ½‖A x − d‖² + R(x), by proximal gradient steps with momentum, from zero.
 *
 *     xₖ₊₁ = prox_μR(yₖ − μ Aᵀ(A yₖ − d))      yₖ₊₁ = xₖ₊₁ + (tₖ − 1)/tₖ₊₁ (xₖ₊₁ − xₖ)      tₖ₊₁ = (1 + √(1 + 4tₖ²))/2,  t₀ = 1
 *
 * d: [batch, …any] → x.   Beck & Teboulle 2009, doi:10.1137/080716542, eq. 4.1–4.3.
 *
 * ```ts
 * const blur = core.convolutionOperator([[0.2, 0.6, 0.2]]);
 * const data = blur.apply(tf.ones([1, 8, 8, 1]));
 * const image = core.fista(blur, data, { penalty: core.totalVariationPenalty({ weight: 0.01 }) });
 * ```
 */
export function fista(operator: LinearOperator, d: tf.Tensor, options: FistaOptions): tf.Tensor {
  checkValue('fista', 'operator', operator, operatorRule);
  checkTensor('fista', 'd', d);
  const stepRule = above(0, 'Leave it out for 0.98/‖A‖².');
  checkOptions('fista', options, { penalty: required(penaltyRule), steps: whole(), step: stepRule });
  const { penalty, steps = 50, step } = options;
  return tf.tidy(() => {
    const first = operator.adjoint(d);
    const mu = step ?? tf.div<tf.Scalar>(0.98, squaredNorm(operator, first.shape));
    // From zero, the gradient is that of the adjoint alone.
    let x = penalty.prox(tf.mul(first, mu), mu);
    let y = x;
    let t = 1;
    for (let k = 1; k < steps; k++) {
      const before = [x, y];
      const next = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
      [x, y] = tf.tidy(() => {
        const gradient = operator.adjoint(tf.sub(operator.apply(y), d));
        const now = penalty.prox(tf.sub(y, tf.mul(gradient, mu)), mu);
        return [now, tf.add(now, tf.mul((t - 1) / next, tf.sub(now, x)))];
      });
      tf.dispose(before);
      t = next;
    }
    return x;
  });
}
