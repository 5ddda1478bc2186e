import type * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import type { Conditioner, Linearized } from './conditioner';
import { type ConditionerSpec, conditionerOf } from './conditioner-of';

/** A network of the condition alone, s(c). It needs no inverse, and its output may have any shape. Methods as in `Conditioner`. */
export interface SummaryNetwork {
  /** Shape of s(c) for a shape of c, the batch first. */
  outputShape(shape: Shape): number[];
  weights(shape: Shape): WeightSpec[];
  forward(c: tf.Tensor, w: Weights): tf.Tensor;
  linearize(c: tf.Tensor, w: Weights): Linearized;
  pushforward(c: tf.Tensor, dc: tf.Tensor, w: Weights, dw: Weights): { h: tf.Tensor; dh: tf.Tensor };
  /** Weights set from the first batch, or none. */
  initialize?(c: tf.Tensor, w: Weights): Weights;
  /** The network of one training step, where it differs. */
  training?(seed: number): SummaryNetwork;
}

/** A conditioner as a network of the condition: […spatial, in] → […spatial, out]. */
export function summaryNetwork(spec: ConditionerSpec | Conditioner, out: number): SummaryNetwork {
  const net = conditionerOf(spec);
  return {
    outputShape: (shape) => [...shape.slice(0, -1), out],
    weights: (shape) => net.weights(shape, out),
    forward: (c, w) => net.forward(c, w),
    linearize: (c, w) => net.linearize(c, w),
    pushforward: (c, dc, w, dw) => net.pushforward(c, dc, w, dw),
    ...(net.training && { training: (seed: number) => summaryNetwork(net.training!(seed), out) }),
  };
}
