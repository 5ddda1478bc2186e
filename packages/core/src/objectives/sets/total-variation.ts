import * as tf from '@tensorflow/tfjs-core';
import { fista } from '../../operators/fista';
import { gradientOperator } from '../../operators/gradient-operator';
import { checkOptions, required, whole, within } from '../../options';
import { batch } from '../../tensors/channels';
import type { Penalty } from '../penalty';
import { shrink } from './l1-ball';
import { type Projection, projection } from './projection';

export interface TotalVariationSetOptions {
  /** The most that neighbours may differ by, in all: of a mask, the number of edges along its boundary. */
  radius: number;
  /** Steps of the iteration; the error falls with their square. Default 100. */
  iterations?: number;
}

/**
 * Σ |∇x| ≤ r, every axis by itself: images of flat pieces, masks with short boundaries.
 *
 *     P x = x − ∇ᵀu,  u = argmin ½‖x − ∇ᵀu‖² + r‖u‖∞      by `fista`, since the proximal map of the norm is a projection onto an ℓ₁ ball
 *
 * What comes back is in the set: what the iteration has left over is taken off by shrinking towards the mean.
 * x: [batch, …1 to 3 spatial axes, channels].   Fadili & Peyré 2011, Total variation projection with first
 * order schemes.
 */
export function totalVariation(options: TotalVariationSetOptions): Projection {
  checkOptions('totalVariation', options, { radius: required(within(0, 1e30)), iterations: whole() });
  const { radius, iterations = 100 } = options;
  const gradient = gradientOperator();
  const dual = { apply: gradient.adjoint, adjoint: gradient.apply };
  const penalty = supremum(radius);
  return projection('totalVariation', (x) => {
    const step = 1 / (4 * (x.rank - 2));
    const near = tf.sub(x, gradient.adjoint(fista(dual, x, { penalty, steps: iterations, step })));
    const rows = tf.reshape(near, [batch(x), -1]);
    const mean = tf.mean(rows, 1, true);
    const left = tf.sum(tf.abs(tf.reshape(gradient.apply(near), [batch(x), -1])), 1, true);
    const factor = tf.minimum(1, tf.div(radius, tf.maximum(left, 1e-30)));
    return tf.reshape(tf.add(mean, tf.mul(tf.sub(rows, mean), factor)), x.shape);
  });
}

/** r‖u‖∞: by Moreau, what its proximal map takes off is the projection onto the ℓ₁ ball of radius μr. */
const supremum = (radius: number): Penalty => ({
  value: (u) => tf.mul(radius, tf.max<tf.Tensor1D>(tf.abs(tf.reshape(u, [batch(u), -1])), 1)),
  prox: (v, mu) => tf.sub(v, tf.reshape(shrink(tf.reshape(v, [batch(v), -1]), tf.mul(mu, radius)), v.shape)),
});
