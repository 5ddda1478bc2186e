import * as tf from '@tensorflow/tfjs-core';
import { householder } from './householder';
import { type Matrix, product, transposed } from './matrix';
import { upperTriangular } from './triangular';

/**
 * A matrix with its QR decomposition as the weights: a rotation that is learned, then shears and scales.
 *
 *     W = Q R,  Q of `reflections` Householder reflections,  R = N + diag(eˡ)      log|det W| = Σ l      W⁻¹ = R⁻¹ Qᵀ
 *
 * Starts at a random Q.   Hoogeboom et al. 2019, arXiv:1901.11137, QR 1×1 convolutions.
 */
export function qr(reflections: (n: number) => number): Matrix {
  const orthogonal = householder(reflections);
  const triangular = upperTriangular();
  return {
    weights: (shape) => [...orthogonal.weights(shape), ...triangular.weights(shape)],
    at(w, shape) {
      const q = orthogonal.at(w, shape);
      const r = triangular.at(w, shape);
      return {
        W: () => product(q.W(), r.W()),
        inverse: () => product(r.inverse(), q.inverse()),
        logAbsDet: r.logAbsDet!,
        pullback: (G, g) => ({
          ...q.pullback(product(G, transposed(r.W())), g),
          ...r.pullback(product(q.inverse(), G), g),
        }),
        pushforward(dw) {
          const { dW: dR, dLogAbsDet } = r.pushforward(dw);
          const dQ = q.pushforward(dw).dW;
          return { dW: tf.add(product(dQ, r.W()), product(q.W(), dR)), dLogAbsDet: dLogAbsDet! };
        },
      };
    },
  };
}
