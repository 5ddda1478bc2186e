import * as tf from '@tensorflow/tfjs-core';
import { randomNormal, randomOrder } from '../random';
import { channels } from '../tensors/channels';
import { aboveDiagonal, type Matrix, product, transposed } from './matrix';
import { invertUnitUpper } from './triangular';

/**
 * An orthogonal matrix made of k reflections, in the compact form that multiplies them all at once.
 *
 *     W = H₁ H₂ … H_k,  H = I − 2 u uᵀ,  u = v/|v|
 *       = I − Uᵀ T U,   T⁻¹ = ½ I + (what is above the diagonal of U Uᵀ)
 *
 *     dU = (M + Mᵀ) U − T U Gᵀ − Tᵀ U G,  M = (Tᵀ U G (T U)ᵀ above the diagonal),   dv = (du − u uᵀdu)/|v|
 *
 * det W = (−1)^k. A vector of zeros reflects nothing. V: [k, n], one v per row.
 * Schreiber & Van Loan 1989, doi:10.1137/0910005; Joffrain et al. 2006, doi:10.1145/1141885.1141886.
 */
export const householder = (
  reflections: (n: number) => number,
  start: (n: number, seed: number) => tf.Tensor = (n, seed) => randomNormal([reflections(n), n], seed),
): Matrix => ({
  weights(shape) {
    const n = channels(shape);
    return [{ name: 'V', shape: [reflections(n), n], initialize: (seed) => start(n, seed) }];
  },
  at(w) {
    const V = w.V!;
    const [k, n] = V.shape as [number, number];
    // The least that a float32 can be the square root of: zeros stay zeros.
    const norm = tf.maximum(tf.sqrt(tf.sum(tf.square(V), 1, true)), tf.fill([k, 1], 1e-19));
    const U = tf.div(V, norm);
    const mask = aboveDiagonal(k);
    const T = tf.mul(2, invertUnitUpper(tf.mul(2, product(U, transposed(U)))));
    const TU = product(T, U);
    const W = tf.sub(tf.eye(n), product(transposed(U), TU));
    /** The part of a change of U that turns its rows, over the lengths of those of V: its own adjoint. */
    const turned = (dU: tf.Tensor) => tf.div(tf.sub(dU, tf.mul(U, tf.sum(tf.mul(U, dU), 1, true))), norm);
    return {
      W: () => W,
      inverse: () => transposed(W),
      pullback(G) {
        const TtUG = product(transposed(T), U, G);
        const M = tf.mul(product(TtUG, transposed(TU)), mask);
        const dU = tf.sub(product(tf.add(M, transposed(M)), U), tf.add(product(TU, transposed(G)), TtUG));
        return { V: turned(dU) };
      },
      pushforward(dw) {
        const dU = turned(dw.V!);
        const UdU = product(U, transposed(dU));
        const dT = product(T, tf.mul(tf.add(UdU, transposed(UdU)), mask), T);
        const outer = tf.add(product(transposed(dU), TU), product(transposed(U), T, dU));
        return { dW: tf.sub(product(transposed(U), dT, U), outer) };
      },
    };
  },
});

/** Reflections v = e_i − e_j, each of which exchanges two channels: together a random cycle of all n, to be learned on. */
export const cyclic = (n: number, seed: number): tf.Tensor => {
  const order = randomOrder(n, seed);
  const V = new Float32Array((n - 1) * n);
  for (let k = 0; k < n - 1; k++) {
    V[k * n + order[k]!] = 1;
    V[k * n + order[k + 1]!] = -1;
  }
  return tf.tensor2d(V, [n - 1, n]);
};
