import * as tf from '@tensorflow/tfjs-core';
import { type ConvAttributes, geometry, type Shape4D, seen } from './window';

/**
 * Gradient of a two-dimensional convolution with respect to its filter: itself a convolution, over swapped axes.
 *
 *     dW[i, j, :, o] = Σ_{b, p, q} x[b, p·s₁ + i − pad, q·s₂ + j − pad, :] dy[b, p, q, o]
 *
 * The batch plays the channels, dy the filter, and the stride becomes a dilation.
 * x: [batch, height, width, in], dy: [batch, height′, width′, out] → [kh, kw, in, out].
 */
export function conv2dBackpropFilter(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, ...attributes }: ConvAttributes & { filterShape: Shape4D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = geometry(x.shape, filterShape, attributes);
    const { strideHeight: sh, strideWidth: sw } = info;
    const all = seen(x, info);
    if (filterShape[0] * filterShape[1] * sh * sw === 1) {
      const rows = tf.transpose(tf.reshape(all, [-1, filterShape[2]]));
      return tf.reshape(tf.matMul(rows, tf.reshape(dy, [-1, filterShape[3]])), filterShape);
    }
    const pixels = tf.transpose(all, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    return tf.transpose(tf.conv2d(pixels, filter, 1, 'valid', 'NHWC', [sh, sw]), [1, 2, 0, 3]);
  });
}
