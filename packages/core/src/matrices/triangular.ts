import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../tensors/channels';
import { aboveDiagonal, diagonal, type Matrix, product } from './matrix';

/**
 * The inverse of I + N, N the numbers above the diagonal of U; those on and below it are not read.
 *
 *     X₀ = I,   X_{k+1} = X_k − X_k N_k X_k      N_k: the blocks of N that join two neighbouring blocks of size 2^k
 *
 * X_k holds the inverses of the diagonal blocks of size 2^k. Every step is the exact inverse of a block triangular matrix,
 * so that nothing cancels, as powers of N would, and there are log₂ n of them.
 */
export function invertUnitUpper(U: tf.Tensor): tf.Tensor {
  const n = channels(U.shape);
  // Row and column of an entry of N_k first differ, from the left, in bit k.
  const bit = (i: number, j: number) => (i < j ? 31 - Math.clz32(i ^ j) : -1);
  const bits = tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, at) => bit(Math.floor(at / n), at % n)),
    [n, n],
  );
  let X: tf.Tensor = tf.eye(n);
  for (let k = 0; 2 ** k < n; k++) {
    const N = tf.mul(U, tf.cast(tf.equal(bits, k), 'float32'));
    X = tf.sub(X, k === 0 ? N : product(X, N, X));
  }
  return X;
}

/**
 * An upper triangular matrix whose diagonal has given signs σ, all positive where none are.
 *
 *     R = N + diag(σ eˡ),  N above the diagonal of U      log|det R| = Σ l      R⁻¹ = (I + σ e⁻ˡ N)⁻¹ σ e⁻ˡ
 *
 * Starts at the identity, or diag(σ). U: [n, n], read above the diagonal only; l: [n].
 */
export const upperTriangular = (signs?: readonly number[]): Matrix => ({
  weights(shape) {
    const n = channels(shape);
    return [
      { name: 'U', shape: [n, n], initialize: () => tf.zeros([n, n]) },
      { name: 'l', shape: [n], initialize: () => tf.zeros([n]) },
    ];
  },
  at(w) {
    const [U, l] = [w.U!, w.l!];
    const mask = aboveDiagonal(l.size);
    const signed = (t: tf.Tensor) => (signs ? tf.mul(t, tf.tensor1d([...signs])) : t);
    const slopes = signed(tf.exp(l));
    return {
      W: () => tf.add(tf.mul(U, mask), diagonal(slopes)),
      inverse: () => {
        const shrink = signed(tf.exp(tf.neg(l)));
        return tf.mul(invertUnitUpper(tf.mul(U, tf.expandDims(shrink, 1))), shrink);
      },
      logAbsDet: () => tf.sum(l),
      pullback: (G, g) => ({
        U: tf.mul(G, mask),
        l: tf.add(tf.mul(slopes, tf.sum(diagonalOf(G), 0)), g),
      }),
      pushforward: (dw) => ({
        dW: tf.add(tf.mul(dw.U!, mask), diagonal(tf.mul(slopes, dw.l!))),
        dLogAbsDet: tf.sum(dw.l!),
      }),
    };
  },
});

const diagonalOf = (G: tf.Tensor): tf.Tensor => tf.mul(G, tf.eye(channels(G.shape)));
