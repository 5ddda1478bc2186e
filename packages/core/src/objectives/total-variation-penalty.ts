import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { gradientOperator } from '../operators/gradient-operator';
import { callable, checkOptions, required, whole, within } from '../options';
import { batch, channels } from '../tensors/channels';
import type { Penalty } from './penalty';
import type { Projection } from './sets/projection';

export interface TotalVariationOptions {
  /** λ. */
  weight: number;
  /** Images lie in this set C too, such as `box({ low: 0 })`. Default: all do. */
  set?: Projection;
  /** Iterations of a proximal map. Default 20. */
  iterations?: number;
}

/**
 * Total variation: images are made of pieces that are flat.
 *
 *     R(x) = λ Σ |∇x|, with |·| over the axes at each pixel, within C
 *     prox: x = P_C(v − μλ ∇ᵀp),   p ← P(q + ∇x / (μλ‖∇‖²)) with P onto |p| ≤ 1 at each pixel, q ahead of p by Nesterov's momentum
 *
 * x: [batch, …1 to 3 spatial axes, channels].   Beck & Teboulle 2009, doi:10.1109/TIP.2009.2028250, section 4.
 */
export function totalVariationPenalty(options: TotalVariationOptions): Penalty {
  const rules = { weight: required(within(0, 1e30)), set: callable, iterations: whole() };
  checkOptions('totalVariationPenalty', options, rules);
  const { weight, set = (x: tf.Tensor) => tf.clone(x), iterations = 20 } = options;
  const gradient = gradientOperator();
  return {
    value: (x) =>
      tf.tidy(() => {
        checkTensor('totalVariationPenalty', 'x', x);
        const lengths = tf.sqrt(squares(gradient.apply(x), channels(x.shape)));
        return tf.mul(weight, tf.sum<tf.Tensor1D>(tf.reshape(lengths, [batch(x), -1]), 1));
      }),
    prox(v, mu) {
      checkTensor('totalVariationPenalty', 'v', v);
      return tf.tidy(() => {
        const strength = tf.maximum(tf.mul(mu, weight), 1e-20);
        const image = (p: tf.Tensor) => set(tf.sub(v, tf.mul(strength, gradient.adjoint(p))));
        const length = tf.div(1 / (4 * (v.rank - 2)), strength);
        let p = tf.zerosLike(gradient.apply(v));
        let q = p;
        let t = 1;
        for (let k = 0; k < iterations; k++) {
          const before = [p, q];
          const next = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
          [p, q] = tf.tidy(() => {
            const moved = tf.add(q, tf.mul(length, gradient.apply(image(q))));
            const now = withinOne(moved, channels(v.shape));
            return [now, tf.add(now, tf.mul((t - 1) / next, tf.sub(now, p)))];
          });
          tf.dispose(before);
          t = next;
        }
        return image(p);
      });
    },
  };
}

/** Σ over the axes of the squares of a gradient, for each pixel and channel. */
const squares = (p: tf.Tensor, C: number): tf.Tensor =>
  tf.sum(tf.square(tf.reshape(p, [-1, channels(p.shape) / C, C])), 1, true);

/** The nearest gradient whose length is at most 1 at every pixel. */
function withinOne(p: tf.Tensor, C: number): tf.Tensor {
  const lengths = tf.maximum(tf.sqrt(squares(p, C)), 1);
  return tf.reshape(tf.div(tf.reshape(p, [-1, channels(p.shape) / C, C]), lengths), p.shape);
}
