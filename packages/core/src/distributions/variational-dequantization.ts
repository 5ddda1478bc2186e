import * as tf from '@tensorflow/tfjs-core';
import { reversible } from '../autodiff/reversible/op';
import type { Bijection, Shape, WeightSpec, Weights } from '../bijection';
import { checkBijection, checkTensor } from '../check';
import { anyShape, checkOptions, checkValue, required, seed } from '../options';
import { randomNormal } from '../random';
import { type Levels, levelsRules } from './dequantize';
import { logistic } from './logistic';
import { normal } from './normal';

export interface VariationalDequantization {
  /** For the shape of one sample, without the batch. */
  weights(shape: Shape): WeightSpec[];
  /** x with noise, within [0, 1], and log q(u | x), [batch]. tfjs differentiates both in w. */
  sample(x: tf.Tensor, w: Weights, options: { seed: number }): { x: tf.Tensor; logQ: tf.Tensor };
}

/**
 * Variational dequantisation: the noise is drawn by a flow that sees the data.
 *
 *     u = σ(h),  h = f(ε; c),  ε standard normal      log q(u | x) = log N(ε) − log|det ∂f/∂ε| − Σ log σ′(h)
 *     x ← (x + u) / levels                            log P(x) ≥ E log p((x + u) / levels) − D log levels − log q(u | x)
 *
 * The condition c of f is x scaled to [−1, 1].   Ho et al. 2019, arXiv:1902.00275, section 3.1.
 */
export function variationalDequantization(
  bijection: Bijection,
  options: Levels = {},
): VariationalDequantization {
  const where = 'variationalDequantization';
  checkBijection(where, bijection);
  checkOptions(where, options, levelsRules);
  const { levels = 256 } = options;
  const apply = reversible(bijection);
  return {
    weights(shape) {
      checkValue(where, 'shape', shape, anyShape);
      return bijection.weights([1, ...shape], [1, ...shape]);
    },
    sample: (x, w, options) =>
      tf.tidy(() => {
        checkTensor(where, 'x', x);
        checkOptions(where, options, { seed: required(seed) });
        const noise = randomNormal(x.shape, options.seed);
        const condition = tf.sub(tf.mul(x, 2 / Math.max(1, levels - 1)), 1);
        const { y: h, logDet } = apply(noise, w, { condition });
        // The logistic density is σ′.
        const logQ = tf.sub(tf.sub(normal().logProb(noise), logDet), logistic().logProb(h));
        return { x: tf.div(tf.add(x, tf.sigmoid(h)), levels), logQ };
      }),
  };
}
