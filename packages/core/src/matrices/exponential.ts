import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { randomNormal } from '../random';
import { channels } from '../tensors/channels';
import { type Matrix, product, transposed } from './matrix';

export interface ExponentialOptions {
  /** Where it starts. */
  start: 'random' | 'identity';
  /** Shape of S for a shape of x: one matrix, [n, n], or several, [copies, n, n]. Default: one, n the channels. */
  shape?(x: Shape): number[];
}

/**
 * A rotation, the exponential of a skew matrix.
 *
 *     W = exp(A),  A = φ K,  K = (S − Sᵀ)/2,  φ = (1 + ‖K‖²/b²)^(−½)      W⁻¹ = Wᵀ, det W = 1
 *     dS = (φ X − φ³ K ⟨K, X⟩/b²),  X = the skew part of L(Aᵀ, G),   L(A, E) the derivative of exp at A along E
 *
 * Every rotation has a logarithm of norm π√n at most; b = 4√n keeps them all in reach, and ‖A‖ below b, so that the
 * number of squarings is known beforehand. S: [n, n], or [copies, n, n].
 * Etmann et al. 2020, arXiv:2005.05220, section 3; Al-Mohy & Higham 2009, doi:10.1137/080716426.
 */
export const exponential = ({
  start,
  shape = (x) => [channels(x), channels(x)],
}: ExponentialOptions): Matrix => ({
  weights(x) {
    const size = shape(x);
    // Random: the angles of the rotation are spread up to about π.
    const initialize = (seed: number) =>
      start === 'random' ? randomNormal(size, seed, Math.PI / Math.sqrt(2 * channels(size))) : tf.zeros(size);
    return [{ name: 'S', shape: size, initialize }];
  },
  at(w) {
    const S = w.S!;
    const n = channels(S.shape);
    const bb = 16 * n;
    const dot = (P: tf.Tensor, Q: tf.Tensor) => tf.sum(tf.mul(P, Q), [-2, -1], true);
    const K = skew(S);
    const phi = tf.rsqrt(tf.add(1, tf.div(dot(K, K), bb)));
    const A = tf.mul(phi, K);
    /** dA from dK, its own adjoint. */
    const bounded = (dK: tf.Tensor) =>
      tf.mul(phi, tf.sub(dK, tf.mul(A, tf.mul(phi, tf.div(dot(K, dK), bb)))));
    const W = polar(tf.add(tf.eye(n), exponentialLess1(A).X));
    return {
      W: () => W,
      inverse: () => transposed(W),
      pullback: (G) => ({ S: bounded(skew(exponentialLess1(tf.neg(A), G).L!)) }),
      pushforward: (dw) => ({ dW: exponentialLess1(A, bounded(skew(dw.S!))).L! }),
    };
  },
});

const skew = (S: tf.Tensor): tf.Tensor => tf.div(tf.sub(S, transposed(S)), 2);

/** A matrix, and how it changes. */
interface Dual {
  X: tf.Tensor;
  L?: tf.Tensor;
}

/**
 * exp(A) − 1, and its derivative along dA, of skew A with ‖A‖ ≤ 4√n (Frobenius): Taylor to the fourth order of A/2^s, then s
 * squarings (1 + E)² − 1 = 2E + E². Without the 1 an early rounding error is relative to a small E, and is not doubled s times.
 */
function exponentialLess1(A: tf.Tensor, dA?: tf.Tensor): Dual {
  // The singular values of a skew matrix come in pairs: the largest is at most ‖A‖/√2. At 1/16 Taylor's remainder is 1e-7 of it.
  const squarings = Math.ceil(Math.log2(16 * 4 * Math.sqrt(channels(A.shape) / 2)));
  const small = (M: tf.Tensor) => tf.mul(M, 2 ** -squarings);
  const X: Dual = { X: small(A), ...(dA && { L: small(dA) }) };
  const X2 = times(X, X);
  const rest = plus(plus(X, X2, 1 / 4), { X: tf.eye(channels(A.shape)) }, 3);
  let E = plus(X, times(X2, rest), 1 / 6);
  for (let k = 0; k < squarings; k++) E = plus(times(E, E), E, 2);
  return E;
}

/** The product rule. */
const times = (P: Dual, Q: Dual): Dual => ({
  X: product(P.X, Q.X),
  ...(P.L && Q.L && { L: tf.add(product(P.X, Q.L), product(P.L, Q.X)) }),
});

/** P + factor·Q */
const plus = (P: Dual, Q: Dual, factor: number): Dual => ({
  X: tf.add(P.X, tf.mul(Q.X, factor)),
  ...(P.L && { L: Q.L ? tf.add(P.L, tf.mul(Q.L, factor)) : P.L }),
});

/** One step towards the nearest orthogonal matrix, W ← W + W(1 − WᵀW)/2: what rounding has bent is straight again. */
const polar = (W: tf.Tensor): tf.Tensor => {
  const bend = tf.sub(tf.eye(channels(W.shape)), product(transposed(W), W));
  return tf.add(W, tf.div(product(W, bend), 2));
};
