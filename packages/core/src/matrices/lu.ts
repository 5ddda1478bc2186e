import * as tf from '@tensorflow/tfjs-core';
import { randomOrder } from '../random';
import { channels } from '../tensors/channels';
import { aboveDiagonal, type Matrix, product, transposed } from './matrix';
import { invertUnitUpper, upperTriangular } from './triangular';

export interface LuOptions {
  /** Of the random permutation. */
  seed: number;
  /** The permutation instead: row i of P L R is row order[i] of L R. */
  order?: readonly number[] | undefined;
  /** Signs of the diagonal of R, 1 or −1 each. Default: all 1. */
  signs?: readonly number[] | undefined;
}

/**
 * A matrix with its LU decomposition as the weights, which makes the log-determinant a sum.
 *
 *     W = P L R,  R = N + diag(σ eˡ)      log|det W| = Σ l      W⁻¹ = R⁻¹ L⁻¹ Pᵀ
 *
 * P is a fixed permutation, given or drawn from `seed`; L is unit lower triangular, R upper triangular, and W starts at P diag(σ).
 * LU: [n, n] holds L below and N above the diagonal; l: [n].   Kingma & Dhariwal 2018, arXiv:1807.03039, eq. 10.
 */
export function lu({ seed, order: given, signs }: LuOptions): Matrix {
  const triangular = upperTriangular(signs);
  return {
    weights(shape) {
      const [U, l] = triangular.weights(shape);
      return [{ ...U!, name: 'LU' }, l!];
    },
    at(w, shape) {
      const n = channels(shape);
      const order = given ?? randomOrder(n, seed);
      const places = Array.from(order.keys()).sort((i, j) => order[i]! - order[j]!);
      const below = transposed(aboveDiagonal(n));
      const upper = triangular.at({ U: w.LU!, l: w.l! }, shape);
      const L = tf.add(tf.mul(w.LU!, below), tf.eye(n));
      const indices = (of: readonly number[]) => tf.tensor1d([...of], 'int32');
      const P = (M: tf.Tensor) => tf.gather(M, indices(order));
      return {
        W: () => P(product(L, upper.W())),
        inverse() {
          const Linverse = transposed(invertUnitUpper(transposed(w.LU!)));
          return tf.gather(product(upper.inverse(), Linverse), indices(order), 1);
        },
        logAbsDet: upper.logAbsDet!,
        pullback(G, g) {
          const PtG = tf.gather(G, indices(places));
          const { U, l } = upper.pullback(product(transposed(L), PtG), g) as { U: tf.Tensor; l: tf.Tensor };
          return { LU: tf.add(U, tf.mul(product(PtG, transposed(upper.W())), below)), l };
        },
        pushforward(dw) {
          const { dW: dR, dLogAbsDet } = upper.pushforward({ U: dw.LU!, l: dw.l! });
          const dL = tf.mul(dw.LU!, below);
          return { dW: P(tf.add(product(dL, upper.W()), product(L, dR))), dLogAbsDet: dLogAbsDet! };
        },
      };
    },
  };
}
