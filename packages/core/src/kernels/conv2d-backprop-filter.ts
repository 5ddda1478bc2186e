import * as tf from '@tensorflow/tfjs-core';

type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;

interface Attributes {
  strides: [number, number] | number;
  pad: Pad;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: [number, number, number, number];
}

/**
 * Gradient of a two-dimensional convolution with respect to its filter, one matrix product per tap.
 *
 *     dW[i, j] = Σ_{b, p, q} x[b, p·s₁ + i − pad, q·s₂ + j − pad]ᵀ dy[b, p, q]
 *
 * x: [batch, height, width, in], dy: [batch, height′, width′, out] → [kh, kw, in, out].
 */
export function conv2dBackpropFilter(x: tf.Tensor4D, dy: tf.Tensor4D, attributes: Attributes): tf.Tensor {
  const { strides, pad, dimRoundingMode, filterShape } = attributes;
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const {
    outHeight: h,
    outWidth: w,
    strideHeight: sh,
    strideWidth: sw,
    padInfo,
    inChannels,
    outChannels,
  } = info;
  const [kh, kw] = filterShape;
  return tf.tidy(() => {
    const below = Math.max(padInfo.bottom, (h - 1) * sh + kh - x.shape[1] - padInfo.top, 0);
    const right = Math.max(padInfo.right, (w - 1) * sw + kw - x.shape[2] - padInfo.left, 0);
    const padded = tf.pad(x, [
      [0, 0],
      [padInfo.top, below],
      [padInfo.left, right],
      [0, 0],
    ]);
    const columns = tf.reshape(dy, [-1, outChannels]) as tf.Tensor2D;
    const batch = x.shape[0];
    const taps: tf.Tensor[] = [];
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        taps.push(
          tf.tidy(() => {
            const seen = tf.stridedSlice(
              padded,
              [0, i, j, 0],
              [batch, i + (h - 1) * sh + 1, j + (w - 1) * sw + 1, inChannels],
              [1, sh, sw, 1],
            );
            return tf.matMul(tf.reshape(seen, [-1, inChannels]), columns, true, false);
          }),
        );
      }
    }
    return tf.reshape(tf.stack(taps), filterShape);
  });
}

export function registerConv2dBackpropFilter(backendName: string): void {
  if (tf.getKernel(tf.Conv2DBackpropFilter, backendName)) return;
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      conv2dBackpropFilter(
        inputs.x as unknown as tf.Tensor4D,
        inputs.dy as unknown as tf.Tensor4D,
        attrs as unknown as Attributes,
      ),
  });
}
