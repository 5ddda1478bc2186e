import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { sizeOf } from '../../tensors/channels';
import { type Network, network } from '../network';

/**
 * A convolution f with r − 1 gaps between its taps: f on each of the r^d sub-lattices of stride r, d spatial axes.
 *
 *     (x ⋆ᵣ W)[r·i + p] = (x[r·□ + p] ⋆ W)[i],   0 ≤ p < r along each axis
 *
 * The sub-lattices become samples, so that no backend needs a dilated kernel or its gradients.
 * Yu & Koltun 2016, arXiv:1511.07122, eq. 2.
 */
export function dilated(rate: number, f: Network): Network {
  if (rate === 1) return f;
  const back = (h: tf.Tensor, shape: Shape) => tf.tidy(() => whole(h, rate, shape));
  return network({
    reads: { x: false, h: false },
    outputShape: f.outputShape,
    weights: f.weights,
    forward: (x, w) => tf.tidy(() => back(f.forward(lattices(x, rate), w), x.shape)),
    linearize(x, w) {
      const shape = x.shape;
      const parts = tf.tidy(() => lattices(x, rate));
      const { h, pullback } = f.linearize(parts, w);
      const all = back(h, shape);
      if (!f.reads.x) parts.dispose();
      if (!f.reads.h) h.dispose();
      return {
        h: all,
        pullback(dh) {
          const dParts = tf.tidy(() => lattices(dh, rate));
          const { dx: dLattices, dw } = pullback(dParts);
          const dx = back(dLattices, shape);
          tf.dispose([dParts, dLattices, parts, h]);
          return { dx, dw };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const { h, dh } = f.pushforward(lattices(x, rate), lattices(dx, rate), w, dw);
        return { h: back(h, x.shape), dh: back(dh, x.shape) };
      }),
  });
}

/** [batch, …n, C] → [r^d·batch, …⌈n/r⌉, C], zeros at the end. One axis at a time, so that the rank stays at most 4. */
function lattices(x: tf.Tensor, r: number): tf.Tensor {
  let y = x;
  for (let axis = 1; axis < x.rank - 1; axis++) {
    const { before, size, after } = around(y.shape, axis);
    const n = Math.ceil(size / r);
    const padded = pad(tf.reshape(y, [before, size, after]), n * r);
    const apart = tf.transpose(tf.reshape(padded, [before, n, r, after]), [2, 0, 1, 3]);
    y = tf.reshape(apart, [r * y.shape[0], ...y.shape.slice(1, axis), n, ...y.shape.slice(axis + 1)]);
  }
  return y.rank === 2 ? tf.clone(y) : y;
}

/** The adjoint: back to the spatial sizes of `shape`, what lies behind the end is dropped. */
function whole(h: tf.Tensor, r: number, shape: Shape): tf.Tensor {
  let y = h;
  for (let axis = h.rank - 2; axis > 0; axis--) {
    const { before, size: n, after } = around(y.shape, axis);
    const together = tf.transpose(tf.reshape(y, [r, before / r, n, after]), [1, 2, 0, 3]);
    const size = shape[axis]!;
    const cut = tf.slice(tf.reshape(together, [before / r, n * r, after]), [0, 0, 0], [-1, size, -1]);
    y = tf.reshape(cut, [y.shape[0] / r, ...y.shape.slice(1, axis), size, ...y.shape.slice(axis + 1)]);
  }
  return y.rank === 2 ? tf.clone(y) : y;
}

const around = (shape: Shape, axis: number) => ({
  before: sizeOf(shape.slice(0, axis)),
  size: shape[axis]!,
  after: sizeOf(shape.slice(axis + 1)),
});

const pad = (rows: tf.Tensor, size: number): tf.Tensor =>
  rows.shape[1] === size
    ? rows
    : tf.pad(rows, [
        [0, 0],
        [0, size - rows.shape[1]!],
        [0, 0],
      ]);
