import type * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';

/**
 * The network inside a coupling. It needs no inverse.
 *
 * `linearize` evaluates once and returns the value with its pullback; `pushforward` carries tangents; that of c is zero when left out.
 * x: [batch, …spatial, in] → [batch, …spatial, out]; the condition c has the spatial axes of x, or none.
 */
export interface Conditioner {
  weights(shape: Shape, out: number, condition?: Shape): WeightSpec[];
  forward(x: tf.Tensor, w: Weights, c?: tf.Tensor): tf.Tensor;
  linearize(x: tf.Tensor, w: Weights, c?: tf.Tensor): Linearized;
  pushforward(
    x: tf.Tensor,
    dx: tf.Tensor,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): { h: tf.Tensor; dh: tf.Tensor };
}

export interface Linearized {
  h: tf.Tensor;
  pullback(dh: tf.Tensor): { dx: tf.Tensor; dw: Weights; dc?: tf.Tensor };
}
