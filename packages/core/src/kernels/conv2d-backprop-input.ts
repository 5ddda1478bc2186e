import * as tf from '@tensorflow/tfjs-core';
import { type ConvAttributes, geometry, type Shape4D, spread, window } from './window';

/**
 * Gradient of a two-dimensional convolution with respect to its input: a convolution with the flipped filter.
 *
 *     dx = spread(dy) ⋆ flip(W)ᵀ,   s − 1 zeros between the pixels of dy
 *
 * dy: [batch, height′, width′, out], W: [kh, kw, in, out] → [batch, height, width, in].
 */
export function conv2dBackpropInput(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, ...attributes }: ConvAttributes & { inputShape: Shape4D },
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = geometry(inputShape, filter.shape, attributes);
    return tf.conv2d(beforeFlipped(dy, info), flipped(tf.transpose(filter, [0, 1, 3, 2])), 1, 'valid');
  });
}

/** The filter turned round; one tap is so already, and turning it costs more than its product. */
export const flipped = (filter: tf.Tensor4D): tf.Tensor4D =>
  filter.shape[0] * filter.shape[1] === 1 ? filter : tf.reverse(filter, [0, 1]);

/** dy spread and framed so that a valid convolution with the flipped filter has the size of the input. */
export function beforeFlipped(dy: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): tf.Tensor4D {
  const { strideHeight: sh, strideWidth: sw, padInfo, filterHeight: kh, filterWidth: kw } = info;
  return window(
    spread(dy, sh, sw),
    [kh - 1 - padInfo.top, info.inHeight + padInfo.top - info.outHeight * sh],
    [kw - 1 - padInfo.left, info.inWidth + padInfo.left - info.outWidth * sw],
  );
}
