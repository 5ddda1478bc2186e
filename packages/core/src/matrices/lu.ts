import * as tf from '@tensorflow/tfjs-core';
import { randomOrder } from '../random';
import { channels } from '../tensors/channels';
import { aboveDiagonal, type Matrix, product, transposed } from './matrix';
import { invertUnitUpper, upperTriangular } from './triangular';

/**
 * A matrix with its LU decomposition as the weights, which makes the log-determinant a sum.
 *
 *     W = P L R,  R = N + diag(eˡ)      log|det W| = Σ l      W⁻¹ = R⁻¹ L⁻¹ Pᵀ
 *
 * P is a fixed permutation, drawn from `seed`; L is unit lower triangular, R upper triangular, and W starts at P.
 * LU: [n, n] holds L below and N above the diagonal; l: [n].   Kingma & Dhariwal 2018, arXiv:1807.03039, eq. 10.
 */
export const lu = (seed: number): Matrix => ({
  weights(shape) {
    const [U, l] = upperTriangular.weights(shape);
    return [{ ...U!, name: 'LU' }, l!];
  },
  at(w, shape) {
    const n = channels(shape);
    const order = randomOrder(n, seed);
    const places = Array.from(order.keys()).sort((i, j) => order[i]! - order[j]!);
    const below = transposed(aboveDiagonal(n));
    const upper = upperTriangular.at({ U: w.LU!, l: w.l! }, shape);
    const L = tf.add(tf.mul(w.LU!, below), tf.eye(n));
    const indices = (of: number[]) => tf.tensor1d(of, 'int32');
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
});
