import * as tf from '@tensorflow/tfjs-core';

export type Shape4D = [number, number, number, number];

/** What the convolution kernels are called with. */
export interface ConvAttributes {
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes, strides and paddings of a convolution. */
export const geometry = (
  x: Shape4D,
  filter: Shape4D,
  { strides, pad, dimRoundingMode }: ConvAttributes,
  { depthwise = false } = {},
): tf.backend_util.Conv2DInfo =>
  tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad, dimRoundingMode, depthwise);

/** An image [batch, height, width, channels] with zeros put around it; where a margin is negative, cut. */
export function window(
  x: tf.Tensor4D,
  [top, bottom]: [number, number],
  [left, right]: [number, number],
): tf.Tensor4D {
  if ([top, bottom, left, right].every((n) => n === 0)) return x;
  const more = (n: number) => Math.max(n, 0);
  const less = (n: number) => Math.max(-n, 0);
  const [b, h, w, c] = x.shape;
  const cut = tf.slice(
    x,
    [0, less(top), less(left), 0],
    [b, h - less(top) - less(bottom), w - less(left) - less(right), c],
  );
  return tf.pad(cut, [
    [0, 0],
    [more(top), more(bottom)],
    [more(left), more(right)],
    [0, 0],
  ]);
}

/** What a convolution sees of x: padded, and cut where the stride leaves rows over. */
export function seen(x: tf.Tensor4D, info: tf.backend_util.Conv2DInfo): tf.Tensor4D {
  const { outHeight: h, outWidth: w, strideHeight: sh, strideWidth: sw, padInfo } = info;
  const { inHeight, inWidth, filterHeight, filterWidth } = info;
  return window(
    x,
    [padInfo.top, (h - 1) * sh + filterHeight - padInfo.top - inHeight],
    [padInfo.left, (w - 1) * sw + filterWidth - padInfo.left - inWidth],
  );
}

/** Zeros between the pixels, s − 1 after each: the adjoint of taking every s-th pixel. */
export function spread(dy: tf.Tensor4D, sh: number, sw: number): tf.Tensor4D {
  const [b, h, w, c] = dy.shape;
  const gap = (t: tf.Tensor, rows: number, size: number, s: number) =>
    s === 1
      ? t
      : tf.pad(tf.reshape(t, [rows, 1, size]), [
          [0, 0],
          [0, s - 1],
          [0, 0],
        ]);
  const tall = gap(dy, b * h, w * c, sh);
  return tf.reshape(gap(tall, b * h * sh * w, c, sw), [b, h * sh, w * sw, c]);
}
