import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import { defineBijection } from '../define';
import { lowRank } from '../engines/low-rank';
import { type Parametrisation, reparametrised } from '../engines/reparametrised';
import { refuse, show } from '../errors';
import { householder } from '../matrices/householder';
import { aboveDiagonal, diagonal, product, transposed } from '../matrices/matrix';
import { whole } from '../options';
import { channels } from '../tensors/channels';
import { weight } from '../weight-names';

export interface SylvesterOptions {
  /** Tanh units M, at most as many as channels. Default: as many as channels, 8 at most. */
  hidden?: number;
}

/** Numbers on the diagonals of R and R̃ stay below it: their products within ±0.9025, and the slopes of y above 0.0975. */
const steepest = 0.95;

/** An upper triangular matrix of free numbers, those on its diagonal squashed: 0.95 tanh. */
function triangular(raw: tf.Tensor) {
  const M = channels(raw.shape);
  const onDiagonal = tf.sum(tf.mul(raw, tf.eye(M)), 1);
  const squashed = tf.tanh(onDiagonal);
  const slope = tf.mul(steepest, tf.sub(1, tf.square(squashed)));
  const above = aboveDiagonal(M);
  const derivative = tf.add(above, diagonal(slope));
  return {
    R: tf.add(tf.mul(raw, above), diagonal(tf.mul(steepest, squashed))),
    /** Its own adjoint. */
    along: (d: tf.Tensor) => tf.mul(d, derivative),
  };
}

/** A = Rᵀ Q and B = R̃ Q, Q the first M rows of a product of M reflections. */
function orthogonal(name: string, hidden?: number): Parametrisation {
  const units = (shape: Shape) => {
    const n = channels(shape);
    const M = hidden ?? Math.min(n, 8);
    return M > n
      ? refuse(name, `${M} channels or more, one for each unit`, `shape ${show(shape)}`, `Take hidden ${n}.`)
      : M;
  };
  const reflections = (M: number) => householder(() => M);
  const at = (w: Weights) => {
    const V = weight(w, 'V');
    const [M = 0, n = 0] = V.shape;
    const { W, ...rest } = reflections(M).at(w, [1, n]);
    return {
      ...rest,
      Q: tf.slice(W(), [0, 0], [M, n]),
      up: triangular(weight(w, 'R')),
      down: triangular(weight(w, 'Rtilde')),
      rest: tf.zeros([n - M, n]),
      M,
    };
  };
  return {
    weights(shape) {
      const M = units(shape);
      return [
        ...reflections(M).weights(shape),
        { name: 'R', shape: [M, M], initialize: () => tf.zeros([M, M]) },
        { name: 'Rtilde', shape: [M, M], initialize: () => tf.eye(M) },
        { name: 'b', shape: [M], initialize: () => tf.zeros([M]) },
      ];
    },
    at(w) {
      const { Q, up, down } = at(w);
      return { A: product(transposed(up.R), Q), B: product(down.R, Q), b: weight(w, 'b') };
    },
    pullback(w, dv) {
      const { Q, up, down, rest, pullback } = at(w);
      const [dA, dB, Qt] = [weight(dv, 'A'), weight(dv, 'B'), transposed(Q)];
      const dQ = tf.add(product(up.R, dA), product(transposed(down.R), dB));
      return {
        ...pullback(tf.concat([dQ, rest], 0), tf.scalar(0)),
        R: up.along(transposed(product(dA, Qt))),
        Rtilde: down.along(product(dB, Qt)),
        b: weight(dv, 'b'),
      };
    },
    pushforward(w, dw) {
      const { Q, up, down, M, pushforward } = at(w);
      const dQ = tf.slice(pushforward(dw).dW, [0, 0], [M, -1]);
      const [dR, dInner] = [up.along(weight(dw, 'R')), down.along(weight(dw, 'Rtilde'))];
      return {
        A: tf.add(product(transposed(dR), Q), product(transposed(up.R), dQ)),
        B: tf.add(product(dInner, Q), product(down.R, dQ)),
        b: weight(dw, 'b'),
      };
    },
  };
}

/**
 * Orthogonal Sylvester flow: a hidden layer of M tanh units between orthonormal directions, added to what it reads.
 *
 *     y = x + h Rᵀ Q,  h = tanh(x (R̃ Q)ᵀ + b)      log|det J| = Σ log(1 + rᵢᵢ r̃ᵢᵢ (1 − hᵢ²))
 *
 * The M rows of Q are orthonormal, by reflections; R and R̃ are upper triangular, |rᵢᵢ|, |r̃ᵢᵢ| < 0.95, so that it can be undone for any
 * weights: unit by unit, each the root of a function of one number, by Newton's iteration from the side from which it cannot miss. Fresh it is
 * the identity. x: [batch, …spatial, channels], every pixel alike.
 * van den Berg et al. 2018, arXiv:1803.05649, section 3.2, eq. 8–15.
 *
 * ```ts
 * const flow = core.chain([core.sylvester({ hidden: 2 }), core.sylvester({ hidden: 2 })]);
 * const w = core.createWeights(flow, [1, 6]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 6]), w);
 * ```
 */
export const sylvester = defineBijection(
  {
    className: 'InvertibleSylvester',
    source: 'van den Berg et al. 2018, eq. 8–15',
    logDet: 'Σ log(1 + rᵢᵢ r̃ᵢᵢ (1 − hᵢ²))',
    options: { hidden: whole() },
  },
  ({ hidden }: SylvesterOptions, name) => reparametrised(lowRank(name), orthogonal(name, hidden)),
);
