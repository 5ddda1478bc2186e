import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';

export interface IsometryMap {
  /** Shape of y for a shape of x, and back. Throw where the shape does not fit. */
  outputShape(shape: Shape): number[];
  inputShape(shape: Shape): number[];
  apply(x: tf.Tensor): tf.Tensor;
  undo(y: tf.Tensor): tf.Tensor;
}

/**
 * A linear map without weights that keeps lengths: its inverse is its adjoint, and its own tangent map.
 *
 *     y = Q x      log|det J| = 0      x = Qᵀ y      dx = Qᵀ dy
 */
export function isometry(name: string, { outputShape, inputShape, apply, undo }: IsometryMap): Bijection {
  const zeros = (t: tf.Tensor) => tf.zeros([t.shape[0]!]);
  const down = (x: tf.Tensor) => {
    outputShape(x.shape);
    return apply(x);
  };
  const up = (y: tf.Tensor) => {
    inputShape(y.shape);
    return undo(y);
  };
  return {
    name,
    outputShape,
    inputShape,
    weights: (shape) => {
      outputShape(shape);
      return [];
    },
    forward: (x) => tf.tidy(() => ({ y: down(x), logDet: zeros(x) })),
    inverse: (y) => tf.tidy(() => ({ x: up(y), logDet: zeros(y) })),
    pullback: (y, dy) => tf.tidy(() => ({ x: up(y), dx: up(dy), dw: {} })),
    inversePullback: (x, dx) => tf.tidy(() => ({ y: down(x), dy: down(dx), dw: {} })),
    pushforward: (x, dx) =>
      tf.tidy(() => ({ y: down(x), dy: down(dx), logDet: zeros(x), dLogDet: zeros(x) })),
    inversePushforward: (y, dy) =>
      tf.tidy(() => ({ x: up(y), dx: up(dy), logDet: zeros(y), dLogDet: zeros(y) })),
  };
}
