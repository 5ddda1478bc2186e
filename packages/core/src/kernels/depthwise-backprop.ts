import * as tf from '@tensorflow/tfjs-core';
import { beforeFlipped, flipped } from './conv2d-backprop-input';
import { type ConvAttributes, geometry, type Shape4D, seen } from './window';

/**
 * Gradients of a depthwise convolution y[…, c·m + k] = x[…, c] ⋆ W[…, c, k], m outputs per channel.
 *
 *     dx[…, c] = Σ_k spread(dy)[…, c·m + k] ⋆ flip(W)[…, c, k]
 *     dW[i, j, c, k] = Σ_{b, p, q} x[b, p·s₁ + i − pad, q·s₂ + j − pad, c] dy[b, p, q, c·m + k]
 */
export function depthwiseBackpropInput(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, ...attributes }: ConvAttributes & { inputShape: Shape4D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [kh, kw, c, m] = filter.shape;
    const info = geometry(inputShape, filter.shape, attributes, { depthwise: true });
    const turned: tf.Tensor4D = tf.reshape(flipped(filter), [kh, kw, c * m, 1]);
    const each = tf.depthwiseConv2d(beforeFlipped(dy, info), turned, 1, 'valid');
    return tf.reshape(tf.sum(tf.reshape(each, [-1, m]), 1), inputShape);
  });
}

export function depthwiseBackpropFilter(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, ...attributes }: ConvAttributes & { filterShape: Shape4D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = geometry(x.shape, filterShape, attributes, { depthwise: true });
    const { outHeight: h, outWidth: w, strideHeight: sh, strideWidth: sw } = info;
    const [kh, kw, c, m] = filterShape;
    const all = seen(x, info);
    const rows = tf.reshape(dy, [-1, c, m]);
    const tap = (i: number, j: number) =>
      tf.tidy(() => {
        const end = [x.shape[0], i + (h - 1) * sh + 1, j + (w - 1) * sw + 1, c];
        const pixels = tf.stridedSlice(all, [0, i, j, 0], end, [1, sh, sw, 1]);
        return tf.sum(tf.mul(tf.reshape(pixels, [-1, c, 1]), rows), 0);
      });
    const taps = Array.from({ length: kh * kw }, (_, k) => tap(Math.floor(k / kw), k % kw));
    return tf.reshape(tf.stack(taps), filterShape);
  });
}
