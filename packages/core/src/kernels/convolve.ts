import * as tf from '@tensorflow/tfjs-core';
import { openTape } from '../autodiff/tapes/tape';
import type { Shape } from '../bijection';
import { channels, perChannel, withChannels } from '../tensors/channels';
import { withHint } from './missing';
import { hasVolumes } from './ours';

/**
 * Convolution of any rank, stride 1, zero padding that keeps the size, odd kernels, with its two adjoints.
 *
 *     z = x ⋆ W                 x: [batch, …spatial, in], W: [(depth), …kernel, in, out] or [in, out] for vectors
 *     dx = dz ⋆ flip(W)ᵀ        dW = Σ xᵀ dz, one tap at a time
 *
 * Where the backend has no kernels of ours for volumes, they run as one two-dimensional convolution per tap in depth, since the 3-D
 * gradient kernels of some backends are wrong.
 */
export function convolve(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const shape = withChannels(x.shape, channels(w.shape));
    if (x.rank === 2) return tf.matMul(x, w);
    if (x.rank === 5) {
      if (hasVolumes()) return tf.conv3d(five(x), five(w), 1, 'same');
      const z = depthTaps(w).map(({ tap, shift }) => tf.conv2d(planes(shiftDepth(x, shift)), tap, 1, 'same'));
      return tf.reshape(total(z), shape);
    }
    return tf.reshape(tf.conv2d(planes(x), filter2d(w), 1, 'same'), shape);
  });
}

/**
 * x ⋆ W + b, b: [out], or relu of that; on lines and images one kernel. A tape records relu apart, whose gradient tfjs lacks in one
 * with a convolution; the numbers are the same.
 */
export function convolveBias(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, relu = false): tf.Tensor {
  return tf.tidy(() => {
    if (x.rank !== 3 && x.rank !== 4) {
      const z = tf.tidy(() => tf.add(convolve(x, w), perChannel(b, x.rank)));
      return relu ? tf.relu(z) : z;
    }
    const [image, filter] = [planes(x), filter2d(w)];
    const shape = withChannels(x.shape, channels(w.shape));
    if (openTape()) {
      const z = tf.fused.conv2d({ x: image, filter, strides: 1, pad: 'same', bias: b });
      return tf.reshape(relu ? tf.relu(z) : z, shape);
    }
    const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
    const fused = { ...attrs, activation: relu ? 'relu' : 'linear', leakyreluAlpha: 0 };
    const inputs = { x: image, filter, bias: b };
    return tf.reshape(tf.engine().runKernel<tf.Tensor>(tf.FusedConv2D, inputs, fused), shape);
  });
}

/** dx, given dz: the convolution with the flipped filter, its channels swapped. */
export function convolveInput(dz: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [i = 0, o = 0] = w.shape.slice(-2);
    // All axes of the kernel at once: GPU backends do not flip an axis of rank 5.
    const taps = tf.reshape(w, [-1, i, o]);
    // One tap has no order to flip, and the flip of a large matrix costs more than its product.
    const flipped = taps.shape[0] === 1 ? taps : tf.reverse(taps, 0);
    return convolve(dz, tf.reshape(tf.transpose(flipped, [0, 2, 1]), [...w.shape.slice(0, -2), o, i]));
  });
}

/** dW, given x and dz. */
export function convolveFilter(x: tf.Tensor, dz: tf.Tensor, shape: Shape): tf.Tensor {
  return tf.tidy(() => {
    // The transpose written out: as a flag of matMul it takes five times as long on wasm.
    if (x.rank === 2) return tf.matMul(tf.transpose(x), dz);
    if (x.rank === 5 && hasVolumes()) {
      const attrs = { strides: [1, 1, 1], pad: 'same', filterShape: [...shape] };
      return tf.engine().runKernel<tf.Tensor>(tf.Conv3DBackpropFilterV2, { x, dy: dz }, attrs);
    }
    const filterShape = shape.slice(-4);
    const filter = filterShape.length === 3 ? [1, ...filterShape] : filterShape;
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: filter };
    const gradient = (a: tf.Tensor) =>
      withHint(() =>
        tf.engine().runKernel<tf.Tensor>(tf.Conv2DBackpropFilter, { x: planes(a), dy: planes(dz) }, attrs),
      );
    if (x.rank < 5) return tf.reshape(gradient(x), [...shape]);
    const [taps = 1] = shape;
    return tf.stack(Array.from({ length: taps }, (_, k) => gradient(shiftDepth(x, k - (taps - 1) / 2))));
  });
}

/** Any rank as a batch of images: lines get height 1, the depth of a volume joins the batch. */
function planes(x: tf.Tensor): tf.Tensor4D {
  if (hasRank4(x)) return x;
  const [w = 1, c = 1] = x.shape.slice(-2);
  return tf.reshape(x, [-1, x.rank === 3 ? 1 : (x.shape[2] ?? 1), w, c]);
}

/** The shape tells the rank, which the types of tfjs ask for. */
const five = (t: tf.Tensor) => tf.reshape<tf.Rank.R5>(t, t.shape as tf.Tensor5D['shape']);

const hasRank4 = (t: tf.Tensor): t is tf.Tensor4D => t.rank === 4;

const filter2d = (w: tf.Tensor): tf.Tensor4D => (hasRank4(w) ? w : tf.expandDims(w, 0));

/** The sum of any number of tensors: webgpu's addN has room for seven. */
const total = (z: tf.Tensor[]): tf.Tensor =>
  z.length > 7 ? total([tf.addN(z.slice(0, 7)), ...z.slice(7)]) : tf.addN(z);

/** The taps in depth, cut out of rows: the gradient of a slice of rank 5 is wrong on GPU backends. */
function depthTaps(w: tf.Tensor) {
  const [depth = 1, h = 1, width = 1, i = 1, o = 1] = w.shape;
  const rows = tf.reshape(w, [depth, -1]);
  return Array.from({ length: depth }, (_, k) => ({
    tap: tf.reshape<tf.Rank.R4>(tf.slice(rows, [k, 0], [1, -1]), [h, width, i, o]),
    shift: k - (depth - 1) / 2,
  }));
}

/** y[d] = x[d + shift], zero outside. */
function shiftDepth(x: tf.Tensor, shift: number): tf.Tensor {
  if (shift === 0) return x;
  const [b = 1, d = 1] = x.shape;
  const rows = tf.reshape<tf.Rank.R3>(x, [b, d, -1]);
  const n = Math.min(Math.abs(shift), d);
  const gap = tf.zeros<tf.Rank.R3>([b, n, rows.shape[2]]);
  const kept = tf.slice(rows, [0, shift > 0 ? n : 0, 0], [b, d - n, rows.shape[2]]);
  return tf.reshape(tf.concat(shift > 0 ? [kept, gap] : [gap, kept], 1), x.shape);
}
