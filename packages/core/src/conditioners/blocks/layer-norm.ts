import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../../bijection';
import { channels, perChannel, pixelRows, sumPerChannel } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { weight } from '../../weight-names';
import { type Network, network } from '../network';

/** Keeps the deviation of a pixel of equal numbers above zero, as in the public implementations. */
const epsilon = 1e-6;

/** The channels of each pixel as a row, r (x − mean) with r = 1/√(variance + ε), and its derivative, which is its own transpose. */
function normalised(x: tf.Tensor) {
  const rows = pixelRows(x);
  const centred = tf.sub(rows, tf.mean(rows, 1, true));
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
  const value = tf.mul(centred, r);
  const turn = (t: tf.Tensor) => {
    const along = tf.mul(value, tf.mean(tf.mul(value, t), 1, true));
    return tf.mul(tf.sub(tf.sub(t, tf.mean(t, 1, true)), along), r);
  };
  return { value, turn };
}

/**
 * Layer normalisation: the channels of each pixel, with mean 0 and variance 1, then gain g and shift s of each channel.
 *
 *     x̂ = r (x − μ)      h = g ⊙ x̂ + s      r = 1/√(σ² + 10⁻⁶)
 *     dx = N(g ⊙ dh)      N(t) = r (t − mean t − x̂ mean(x̂ t))
 *
 * x: [batch, …spatial, C]; g starts at 1, s at 0.   Ba et al. 2016, arXiv:1607.06450, eq. 4.
 */
export function layerNorm(name: string): Network {
  const [gain, shift] = [`gain${name}`, `shift${name}`];
  const scaled = (rows: tf.Tensor, w: Weights) => tf.mul(rows, perChannel(weight(w, gain), 2));
  const out = (rows: tf.Tensor, x: tf.Tensor, w: Weights) =>
    tf.reshape(tf.add(scaled(rows, w), perChannel(weight(w, shift), 2)), x.shape);
  const value = (x: tf.Tensor, w: Weights) => tf.tidy(() => out(normalised(x).value, x, w));
  return network({
    reads: { x: true, h: false },
    outputShape: (shape) => [...shape],
    weights(shape) {
      const each = [channels(shape)];
      return [
        { name: gain, shape: each, initialize: () => tf.ones(each) },
        { name: shift, shape: each, initialize: () => tf.zeros(each) },
      ];
    },
    forward: value,
    linearize: (x, w) => ({
      h: value(x, w),
      pullback: (dh) =>
        tidy(() => {
          const { value: own, turn } = normalised(x);
          const d = pixelRows(dh);
          return {
            dx: tf.reshape(turn(scaled(d, w)), x.shape),
            dw: { [gain]: sumPerChannel(tf.mul(d, own)), [shift]: sumPerChannel(d) },
          };
        }),
    }),
    pushforward: (x, dx, w, dw) =>
      tidy(() => {
        const { value: own, turn } = normalised(x);
        const moved = tf.reshape(scaled(turn(pixelRows(dx)), w), x.shape);
        return { h: out(own, x, w), dh: tf.add(moved, out(own, x, dw)) };
      }),
  });
}
