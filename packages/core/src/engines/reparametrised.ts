import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, WeightSpec, Weights } from '../bijection';

/** From the weights that one has to those that a bijection reads, with the derivative both ways. */
export interface Parametrisation {
  weights(shape: Shape): WeightSpec[];
  at(w: Weights): Weights;
  pullback(w: Weights, dv: Weights): Weights;
  pushforward(w: Weights, dw: Weights): Weights;
}

/** The same bijection over other weights: y = b(x; v(w)). */
export const reparametrised = (b: Bijection, v: Parametrisation): Bijection => ({
  ...b,
  weights: (shape) => v.weights(shape),
  forward: (x, w, c) => tf.tidy(() => b.forward(x, v.at(w), c)),
  inverse: (y, w, c) => tf.tidy(() => b.inverse(y, v.at(w), c)),
  pullback: (y, dy, dL, w, c) =>
    tf.tidy(() => {
      const { dw, ...rest } = b.pullback(y, dy, dL, v.at(w), c);
      return { ...rest, dw: v.pullback(w, dw) };
    }),
  inversePullback: (x, dx, dL, w, c) =>
    tf.tidy(() => {
      const { dw, ...rest } = b.inversePullback(x, dx, dL, v.at(w), c);
      return { ...rest, dw: v.pullback(w, dw) };
    }),
  pushforward: (x, dx, w, dw, c, dc) =>
    tf.tidy(() => ({ ...b.pushforward(x, dx, v.at(w), v.pushforward(w, dw), c, dc) })),
  inversePushforward: (y, dy, w, dw, c, dc) =>
    tf.tidy(() => ({ ...b.inversePushforward(y, dy, v.at(w), v.pushforward(w, dw), c, dc) })),
});
