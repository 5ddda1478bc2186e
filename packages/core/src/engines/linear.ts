import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete } from '../bijection';
import { type Matrix, transposed } from '../matrices/matrix';
import { batch, pixelRows, pixels } from '../tensors/channels';
import { freeIfHandedOver } from '../tensors/hand-over';
import { tidy } from '../tidy';

/**
 * A matrix that mixes the channels, the same at every pixel.
 *
 *     y = x W(θ)      log|det J| = P·log|det W|, P pixels      x = y W⁻¹
 *     dx = dy Wᵀ,  dθ = (∂W/∂θ)ᵀ G + P Σ dLogDet · ∂log|det W|/∂θ,   G = xᵀ dy;   of the inverse, G = −xᵀ dy with dy = dx W⁻ᵀ
 *
 * x: [batch, …spatial, channels]. One matMul per data tensor, and one for G; all else is channels × channels.
 */
export function linear(name: string, matrix: Matrix): Bijection {
  const times = (t: tf.Tensor, W: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(pixelRows(t), W), t.shape);
  const gram = (x: tf.Tensor, dy: tf.Tensor) =>
    tidy(() => tf.matMul(transposed(pixelRows(x)), pixelRows(dy)));
  /** P times a log-det, or its tangent, for every sample. */
  const everySample = (t: tf.Tensor, logDet: tf.Tensor | undefined, sign = 1): tf.Tensor => {
    const zeros = tf.zeros([batch(t)]);
    return logDet ? tf.add(zeros, tf.mul(logDet, sign * pixels(t.shape))) : zeros;
  };
  const total = (t: tf.Tensor, dLogDet: tf.Tensor) => tf.mul(tf.sum(dLogDet), pixels(t.shape));
  return complete({
    name,
    weights: (shape) => matrix.weights(shape),
    forward(x, w) {
      const { W, logAbsDet } = matrix.at(w, x.shape);
      return { y: times(x, W()), logDet: everySample(x, logAbsDet?.()) };
    },
    inverse(y, w) {
      const { inverse, logAbsDet } = matrix.at(w, y.shape);
      return { x: times(y, inverse()), logDet: everySample(y, logAbsDet?.(), -1) };
    },
    pullback(y, dy, dLogDet, w) {
      const { W, inverse, pullback } = matrix.at(w, y.shape);
      const x = times(y, inverse());
      freeIfHandedOver(y);
      const dw = pullback(gram(x, dy), total(x, dLogDet));
      return { x, dx: times(dy, transposed(W())), dw };
    },
    inversePullback(x, dx, dLogDet, w) {
      const { W, inverse, pullback } = matrix.at(w, x.shape);
      const dy = times(dx, transposed(inverse()));
      freeIfHandedOver(dx);
      const dw = pullback(tf.neg(gram(x, dy)), tf.neg(total(x, dLogDet)));
      return { y: times(x, W()), dy, dw };
    },
    pushforward(x, dx, w, dw) {
      const { W: matrixAt, logAbsDet, pushforward } = matrix.at(w, x.shape);
      const { dW, dLogAbsDet } = pushforward(dw);
      const W = matrixAt();
      return {
        y: times(x, W),
        dy: tf.add(times(dx, W), times(x, dW)),
        logDet: everySample(x, logAbsDet?.()),
        dLogDet: everySample(x, dLogAbsDet),
      };
    },
    inversePushforward(y, dy, w, dw) {
      const { inverse, logAbsDet, pushforward } = matrix.at(w, y.shape);
      const { dW, dLogAbsDet } = pushforward(dw);
      const back = inverse();
      const x = times(y, back);
      return {
        x,
        dx: times(tf.sub(dy, times(x, dW)), back),
        logDet: everySample(y, logAbsDet?.(), -1),
        dLogDet: everySample(y, dLogAbsDet, -1),
      };
    },
  });
}
