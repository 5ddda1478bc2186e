import * as tf from '@tensorflow/tfjs-core';
import { lazy } from '../lazy';
import { channels } from '../tensors/channels';
import { householder } from './householder';
import { type Matrix, transposed } from './matrix';

/**
 * The inverse of a matrix and log|det W|, by Gauss and Jordan with partial pivoting.
 *
 *     [A | B] = [W | I];   of each column k of A the row r that holds the largest number and was no pivot yet:
 *     [A | B] ← [A | B] − (A e_k − e_r) ⊗ [A | B]_r / A_rk      log|det W| = Σ log|A_rk|
 *
 * In the end A is a permutation, which puts the rows of B in order. All of it stays on the backend.
 */
export function inverted(W: tf.Tensor): { inverse: tf.Tensor; logAbsDet: tf.Tensor } {
  const n = channels(W.shape);
  let AB: tf.Tensor = tf.concat([W, tf.eye(n)], 1);
  let free: tf.Tensor = tf.ones([n, 1]);
  const pivots: tf.Tensor[] = [];
  for (let k = 0; k < n; k++) {
    const column = tf.slice(AB, [0, k], [n, 1]);
    // Above all the rows that are free: minus one stands for a row that is not.
    const sizes = tf.sub(tf.mul(tf.add(tf.abs(column), 1), free), 1);
    const row = tf.reshape(tf.oneHot(tf.argMax(tf.reshape(sizes, [n]), 0), n, 1, 0, 'float32'), [n, 1]);
    const pivotRow = tf.sum(tf.mul(row, AB), 0, true);
    const pivot = tf.slice(pivotRow, [0, k], [1, 1]);
    AB = tf.sub(AB, tf.mul(tf.sub(column, row), tf.div(pivotRow, pivot)));
    free = tf.sub(free, row);
    pivots.push(pivot);
  }
  const [P, B] = [tf.slice(AB, [0, 0], [n, n]), tf.slice(AB, [0, n], [n, n])];
  return { inverse: tf.matMul(transposed(P), B), logAbsDet: tf.sum(tf.log(tf.abs(tf.concat(pivots)))) };
}

/**
 * A matrix that is its own weight, of any sign of determinant; it starts at a random rotation or reflection.
 *
 *     log|det W| and W⁻¹ by elimination, n steps of n² numbers      ∂log|det W|/∂W = W⁻ᵀ
 *
 * No optimizer keeps it from becoming singular. W: [n, n].
 */
export const dense: Matrix = {
  weights(shape) {
    const n = channels(shape);
    const initialize = (seed: number) => {
      const rotation = householder(() => n);
      const V = rotation.weights(shape).map((spec) => spec.initialize(seed));
      return rotation.at({ V: V[0] ?? tf.eye(n) }, shape).W();
    };
    return [{ name: 'W', shape: [n, n], initialize: (seed) => tf.tidy(() => initialize(seed)) }];
  },
  at({ W = tf.eye(1) }) {
    const solved = lazy(() => inverted(W));
    const inverse = () => solved().inverse;
    return {
      W: () => W,
      inverse,
      logAbsDet: () => solved().logAbsDet,
      pullback: (G, g) => ({ W: tf.add(G, tf.mul(g, transposed(inverse()))) }),
      pushforward: ({ W: dW = tf.zerosLike(W) }) => ({
        dW,
        dLogAbsDet: tf.sum(tf.mul(transposed(inverse()), dW)),
      }),
    };
  },
};
