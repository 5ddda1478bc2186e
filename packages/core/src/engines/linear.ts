import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, pixels } from '../bijection';
import { type Matrix, transposed } from '../matrices/matrix';

/**
 * A matrix that mixes the channels, the same at every pixel.
 *
 *     y = x W(θ)      log|det J| = P·log|det W|, P pixels      x = y W⁻¹
 *     dx = dy Wᵀ,  dθ = (∂W/∂θ)ᵀ G + P Σ dLogDet · ∂log|det W|/∂θ,   G = xᵀ dy;   of the inverse, G = −xᵀ dy with dy = dx W⁻ᵀ
 *
 * x: [batch, …spatial, channels]. One matMul per data tensor, and one for G; all else is channels × channels.
 */
export function linear(name: string, matrix: Matrix): Bijection {
  const same = (shape: readonly number[]) => {
    checkShape(name, shape);
    return [...shape];
  };
  const rows = (t: tf.Tensor) => tf.reshape(t, [-1, channels(t.shape)]) as tf.Tensor2D;
  const times = (t: tf.Tensor, W: tf.Tensor) =>
    tf.reshape(tf.matMul(rows(t), W as tf.Tensor2D), t.shape) as tf.Tensor;
  const gram = (x: tf.Tensor, dy: tf.Tensor) =>
    tf.tidy(() => tf.matMul(transposed(rows(x)) as tf.Tensor2D, rows(dy)) as tf.Tensor);
  /** P times a log-det, or how it changes, for every sample. */
  const everySample = (t: tf.Tensor, logDet: tf.Tensor | undefined, sign = 1) => {
    const zeros = tf.zeros([t.shape[0]!]) as tf.Tensor;
    return logDet ? tf.add(zeros, tf.mul(logDet, sign * pixels(t.shape))) : zeros;
  };
  const total = (t: tf.Tensor, dLogDet: tf.Tensor) => tf.mul(tf.sum(dLogDet), pixels(t.shape));
  return {
    name,
    outputShape: same,
    inputShape: same,
    weights: (shape) => matrix.weights(same(shape)),
    forward: (x, w) =>
      tf.tidy(() => {
        const at = matrix.at(w, x.shape);
        return { y: times(x, at.W()), logDet: everySample(x, at.logAbsDet?.()) };
      }),
    inverse: (y, w) =>
      tf.tidy(() => {
        const at = matrix.at(w, y.shape);
        return { x: times(y, at.inverse()), logDet: everySample(y, at.logAbsDet?.(), -1) };
      }),
    pullback: (y, dy, dLogDet, w) =>
      tf.tidy(() => {
        const at = matrix.at(w, y.shape);
        const x = times(y, at.inverse());
        const dw = at.pullback(gram(x, dy), total(y, dLogDet));
        return { x, dx: times(dy, transposed(at.W())), dw };
      }),
    inversePullback: (x, dx, dLogDet, w) =>
      tf.tidy(() => {
        const at = matrix.at(w, x.shape);
        const dy = times(dx, transposed(at.inverse()));
        const dw = at.pullback(tf.neg(gram(x, dy)), tf.neg(total(x, dLogDet)));
        return { y: times(x, at.W()), dy, dw };
      }),
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const at = matrix.at(w, x.shape);
        const { dW, dLogAbsDet } = at.pushforward(dw);
        const W = at.W();
        return {
          y: times(x, W),
          dy: tf.add(times(dx, W), times(x, dW)),
          logDet: everySample(x, at.logAbsDet?.()),
          dLogDet: everySample(x, dLogAbsDet),
        };
      }),
    inversePushforward: (y, dy, w, dw) =>
      tf.tidy(() => {
        const at = matrix.at(w, y.shape);
        const { dW, dLogAbsDet } = at.pushforward(dw);
        const back = at.inverse();
        const x = times(y, back);
        return {
          x,
          dx: times(tf.sub(dy, times(x, dW)), back),
          logDet: everySample(y, at.logAbsDet?.(), -1),
          dLogDet: everySample(y, dLogAbsDet, -1),
        };
      }),
  };
}
