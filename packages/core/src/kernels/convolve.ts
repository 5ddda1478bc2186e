import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';

/**
 * Convolution of any rank, stride 1, zero padding that keeps the size, odd kernels, with its two adjoints.
 *
 *     z = x ⋆ W                 x: [batch, …spatial, in], W: [(depth), …kernel, in, out] or [in, out] for vectors
 *     dx = dz ⋆ flip(W)ᵀ        dW = Σ xᵀ dz, one tap at a time
 *
 * Volumes run as one two-dimensional convolution per tap in depth, since the 3-D gradient kernels of some backends are wrong.
 */
export function convolve(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const out = w.shape[w.rank - 1]!;
    const shape = [...x.shape.slice(0, -1), out];
    if (x.rank === 2) return tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
    if (x.rank === 5) {
      const z = depthTaps(w).map(({ tap, shift }) => tf.conv2d(planes(shiftDepth(x, shift)), tap, 1, 'same'));
      return tf.reshape(total(z), shape);
    }
    return tf.reshape(tf.conv2d(planes(x), filter2d(w), 1, 'same'), shape);
  });
}

/** dx, given dz: the convolution with the flipped filter, its channels swapped. */
export function convolveInput(dz: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [i, o] = w.shape.slice(-2) as [number, number];
    // All axes of the kernel at once: GPU backends do not flip an axis of rank 5.
    const taps = tf.reverse(tf.reshape(w, [-1, i, o]), 0);
    return convolve(dz, tf.reshape(tf.transpose(taps, [0, 2, 1]), [...w.shape.slice(0, -2), o, i]));
  });
}

/** dW, given x and dz. */
export function convolveFilter(x: tf.Tensor, dz: tf.Tensor, shape: Shape): tf.Tensor {
  return tf.tidy(() => {
    // The transpose written out: as a flag of matMul it takes five times as long on wasm.
    if (x.rank === 2) return tf.matMul(tf.transpose(x) as tf.Tensor2D, dz as tf.Tensor2D);
    const filterShape = shape.slice(-4);
    const gradient = (a: tf.Tensor) =>
      tf.engine().runKernel(
        tf.Conv2DBackpropFilter,
        { x: planes(a), dy: planes(dz) },
        {
          strides: 1,
          pad: 'same',
          dataFormat: 'NHWC',
          filterShape: filterShape.length === 3 ? [1, ...filterShape] : filterShape,
        },
      ) as tf.Tensor;
    if (x.rank < 5) return tf.reshape(gradient(x), [...shape]);
    const taps = shape[0]!;
    return tf.stack(Array.from({ length: taps }, (_, k) => gradient(shiftDepth(x, k - (taps - 1) / 2))));
  });
}

/** Any rank as a batch of images: lines get height 1, the depth of a volume joins the batch. */
function planes(x: tf.Tensor): tf.Tensor4D {
  if (x.rank === 4) return x as tf.Tensor4D;
  if (x.rank === 3) return tf.reshape(x, [x.shape[0]!, 1, x.shape[1]!, x.shape[2]!]);
  const [b, d, h, w, c] = x.shape as unknown as [number, number, number, number, number];
  return tf.reshape(x, [b * d, h, w, c]) as tf.Tensor4D;
}

const filter2d = (w: tf.Tensor): tf.Tensor4D => (w.rank === 3 ? tf.expandDims(w, 0) : w) as tf.Tensor4D;

/** The sum of any number of tensors: webgpu's addN has room for seven. */
const total = (z: tf.Tensor[]): tf.Tensor =>
  z.length > 7 ? total([tf.addN(z.slice(0, 7)), ...z.slice(7)]) : tf.addN(z);

/** The taps in depth, cut out of rows: the gradient of a slice of rank 5 is wrong on GPU backends. */
function depthTaps(w: tf.Tensor) {
  const [depth, ...tap] = w.shape as [number, number, number, number, number];
  const rows = tf.reshape(w, [depth, -1]);
  return Array.from({ length: depth }, (_, k) => ({
    tap: tf.reshape(tf.slice(rows, [k, 0], [1, -1]), tap) as tf.Tensor4D,
    shift: k - (depth - 1) / 2,
  }));
}

/** y[d] = x[d + shift], zero outside. */
function shiftDepth(x: tf.Tensor, shift: number): tf.Tensor {
  if (shift === 0) return x;
  const [b, d] = x.shape as unknown as [number, number];
  const rows = tf.reshape(x, [b, d, -1]) as tf.Tensor3D;
  const n = Math.min(Math.abs(shift), d);
  const gap = tf.zeros([b, n, rows.shape[2]]) as tf.Tensor3D;
  const kept = tf.slice(rows, [0, shift > 0 ? n : 0, 0], [b, d - n, rows.shape[2]]);
  return tf.reshape(tf.concat(shift > 0 ? [kept, gap] : [gap, kept], 1), x.shape);
}
