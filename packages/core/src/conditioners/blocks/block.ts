import type * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../../bijection';

/**
 * A part of a network: h = f(x; w) with its calculus by hand. Networks are sums of parts: `sequence`, `skip`, `beside`.
 *
 * Results are new tensors, never x or dh themselves. A pullback runs once. Of x and h it reads what `reads` says: the caller keeps
 * these until then, and may free the others at once. Whatever else it needs is the part's own, and is freed there.
 */
export interface Block {
  readonly reads: { x: boolean; h: boolean };
  /** For a shape of x [batch, …spatial, channels]; `out` is the number of channels asked of the whole network. */
  outputShape(shape: Shape, out: number): number[];
  weights(shape: Shape, out: number): WeightSpec[];
  forward(x: tf.Tensor, w: Weights): tf.Tensor;
  linearize(x: tf.Tensor, w: Weights): LinearizedBlock;
  pushforward(x: tf.Tensor, dx: tf.Tensor, w: Weights, dw: Weights): { h: tf.Tensor; dh: tf.Tensor };
}

export interface LinearizedBlock {
  h: tf.Tensor;
  pullback(dh: tf.Tensor): { dx: tf.Tensor; dw: Weights };
}
