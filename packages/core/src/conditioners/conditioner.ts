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
  /** The network of one training step, over the same weights, where it differs: dropout by this seed, statistics of the batch. */
  training?(seed: number): Conditioner;
}

export interface Linearized {
  h: tf.Tensor;
  pullback(dh: tf.Tensor): { dx: tf.Tensor; dw: Weights; dc?: tf.Tensor };
}

/** Whether a network is another one in training. */
export const trains = (net: object | undefined): boolean => net !== undefined && 'training' in net;
