import * as tf from '@tensorflow/tfjs-core';
import { type ConvAttributes, type Shape4D, window } from './window';

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
  { strides, pad, dimRoundingMode, filterShape }: ConvAttributes & { filterShape: Shape4D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const { outHeight: h, outWidth: w, strideHeight: sh, strideWidth: sw, padInfo } = info;
    if (filterShape[0] * filterShape[1] * sh * sw === 1) {
      const rows = tf.transpose(tf.reshape(x, [-1, filterShape[2]])) as tf.Tensor2D;
      return tf.reshape(tf.matMul(rows, tf.reshape(dy, [-1, filterShape[3]]) as tf.Tensor2D), filterShape);
    }
    const seen = window(
      x,
      [padInfo.top, (h - 1) * sh + filterShape[0] - padInfo.top - x.shape[1]],
      [padInfo.left, (w - 1) * sw + filterShape[1] - padInfo.left - x.shape[2]],
    );
    const pixels = tf.transpose(seen, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    return tf.transpose(tf.conv2d(pixels, filter, 1, 'valid', 'NHWC', [sh, sw]), [1, 2, 0, 3]);
  });
}
