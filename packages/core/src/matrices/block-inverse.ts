import * as tf from '@tensorflow/tfjs-core';
import { product } from './matrix';

/**
 * The inverse and log-determinant of each matrix of a batch whose symmetric part is positive definite, by Schur complements.
 *
 *     A = [P Q; R S],  S′ = S − R P⁻¹ Q      log det A = log det P + log det S′
 *     A⁻¹ = [P⁻¹ + P⁻¹Q S′⁻¹ RP⁻¹,  −P⁻¹Q S′⁻¹;  −S′⁻¹ RP⁻¹,  S′⁻¹]
 *
 * P and S′ are of the same kind, so that no pivot is zero, nor any determinant negative. A: [batch, n, n].
 */
export function blockInverse(A: tf.Tensor): { inverse: tf.Tensor; logDet: tf.Tensor } {
  const [count = 0, n = 1] = A.shape;
  if (n === 1) return { inverse: tf.div(1, A), logDet: tf.log(tf.reshape(A, [count])) };
  const [m, rest] = [Math.floor(n / 2), n - Math.floor(n / 2)];
  const part = (i: number, j: number, rows: number, columns: number) =>
    tf.slice(A, [0, i, j], [-1, rows, columns]);
  const [Q, R] = [part(0, m, m, rest), part(m, 0, rest, m)];
  const P = blockInverse(part(0, 0, m, m));
  const [PQ, RP] = [product(P.inverse, Q), product(R, P.inverse)];
  const S = blockInverse(tf.sub(part(m, m, rest, rest), product(R, PQ)));
  const right = tf.neg(product(PQ, S.inverse));
  const above = tf.concat([tf.sub(P.inverse, product(right, RP)), right], 2);
  const below = tf.concat([tf.neg(product(S.inverse, RP)), S.inverse], 2);
  return { inverse: tf.concat([above, below], 1), logDet: tf.add(P.logDet, S.logDet) };
}
