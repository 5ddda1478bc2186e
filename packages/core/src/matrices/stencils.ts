import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { channels } from '../tensors/channels';
import { type Matrix, product } from './matrix';

/** After a squeeze: the m = 2^d pixels that share a new one, d spatial axes, and the C channels they had. */
function stencil(shape: Shape): { m: number; C: number } {
  const m = 2 ** (shape.length - 2);
  return { m, C: channels(shape) / m };
}

/** The shape of one matrix of the pixels for each channel. */
export function oneForEach(shape: Shape): number[] {
  const { m, C } = stencil(shape);
  return [C, m, m];
}

/** One m × m matrix per channel, [C, m, m], or one for all, [m, m], as one of m·C × m·C: y[q·C + c] = Σ_p x[p·C + c] M_c[p, q]. */
function spread(M: tf.Tensor, C: number): tf.Tensor {
  const m = channels(M.shape);
  const last = M.rank === 3 ? tf.transpose(M, [1, 2, 0]) : M;
  const own = tf.reshape(tf.eye(C), [1, C, 1, C]);
  return tf.reshape(tf.mul(tf.reshape(last, [m, 1, m, -1]), own), [m * C, m * C]);
}

/** The adjoint of `spread` for [C, m, m]. */
function gather(G: tf.Tensor, C: number): tf.Tensor {
  const m = channels(G.shape) / C;
  const own = tf.mul(tf.reshape(G, [m, C, m, C]), tf.reshape(tf.eye(C), [1, C, 1, C]));
  return tf.transpose(tf.sum(own, 1), [2, 0, 1]);
}

/**
 * Orthogonal matrices of the pixels of each channel, as one of all numbers: as fast as a batch of small ones, which needs two
 * transposes of the data.
 */
export const perChannel = (matrices: Matrix): Matrix => ({
  weights: matrices.weights,
  at(w, shape) {
    const { C } = stencil(shape);
    const { W, inverse, pullback, pushforward } = matrices.at(w, shape);
    return {
      W: () => spread(W(), C),
      inverse: () => spread(inverse(), C),
      pullback: (G, g) => pullback(gather(G, C), g),
      pushforward: (dw) => ({ dW: spread(pushforward(dw).dW, C) }),
    };
  },
});

/** H W: the Haar transform of the pixels, its own inverse, then an orthogonal matrix. */
export const afterHaar = (matrix: Matrix): Matrix => ({
  weights: matrix.weights,
  at(w, shape) {
    const { m, C } = stencil(shape);
    const { W, inverse, pullback, pushforward } = matrix.at(w, shape);
    const H = spread(haar(m), C);
    return {
      W: () => product(H, W()),
      inverse: () => product(inverse(), H),
      pullback: (G, g) => pullback(product(H, G), g),
      pushforward: (dw) => ({ dW: product(H, pushforward(dw).dW) }),
    };
  },
});

/** The orthonormal Haar transform of m = 2^d pixels: (a + b)/√2 and (a − b)/√2 along every axis, axis k in bit k of p and q. */
function haar(m: number): tf.Tensor {
  const odd = (bits: number): boolean => bits !== 0 && !odd(bits & (bits - 1));
  const signs = Float32Array.from({ length: m * m }, (_, at) =>
    odd(Math.floor(at / m) & (at % m)) ? -1 : 1,
  );
  return tf.mul(tf.tensor2d(signs, [m, m]), m ** -0.5);
}
