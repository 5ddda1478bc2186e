import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Weights } from '../bijection';
import { bothWays } from '../directions';
import { aboveDiagonal, product, transposed } from '../matrices/matrix';
import { batch, perElement, pixelRows, pixels, sumPerSample } from '../tensors/channels';
import { weight } from '../weight-names';
import { undoPlusTanh } from './plus-tanh';

/**
 * A hidden layer of M tanh units added to what it reads, the same at every pixel. Its rows A and B: [M, channels] make T = B Aᵀ upper
 * triangular, with numbers above −1 on its diagonal: that is the caller's to see to.
 *
 *     y = x + h A,  h = tanh t,  t = x Bᵀ + b      log|det J| = Σ log(1 + Tᵢᵢ (1 − hᵢ²))
 *     inverse       t + h Tᵀ = y Bᵀ + b, from the last unit to the first      x = y − h A
 *     with S = 1 − h²       J⁻¹: r − (s S) A,  s (I + S Tᵀ) = r Bᵀ            J⁻ᵀ: r − (q S) B,  q (I + S T) = r Aᵀ
 *
 * van den Berg et al. 2018, arXiv:1803.05649, eq. 8–15. Everything is of rank 2, a row for each pixel.
 */
export function lowRank(name: string): Bijection {
  const forwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(x, w) {
      const { y, logDet } = layerAt(x, w);
      return { y: y(), logDet: logDet() };
    },
    pullback(y, dy, dL, w) {
      const x = undo(y, w);
      const { dx, dw } = layerAt(x, w).pull(dy, dL);
      return { x, dx: dx(), dw: dw() };
    },
    pushforward(x, dx, w, dw) {
      const { y, logDet, push } = layerAt(x, w);
      return { y: y(), logDet: logDet(), ...push(dx, dw) };
    },
  };
  const backwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(y, w) {
      const x = undo(y, w);
      return { y: x, logDet: tf.neg(layerAt(x, w).logDet()) };
    },
    pullback(x, dx, dL, w) {
      const { y, pull, solveTransposed } = layerAt(x, w);
      const less = tf.neg(dL);
      const dy = solveTransposed(tf.add(dx, pull(tf.zerosLike(x), less).dx()));
      return { x: y(), dx: dy, dw: pull(tf.neg(dy), less).dw() };
    },
    pushforward(y, dy, w, dw) {
      const x = undo(y, w);
      const { logDet, push, solve } = layerAt(x, w);
      const dx = solve(tf.sub(dy, push(tf.zerosLike(x), dw).dy));
      return { y: x, dy: dx, logDet: tf.neg(logDet()), dLogDet: tf.neg(push(dx, dw).dLogDet) };
    },
  };
  return complete({ name, ...bothWays(forwards, backwards) });
}

/** A and B, T above its diagonal, and its diagonal, [1, M]. */
function matrices(w: Weights) {
  const [A, B] = [weight(w, 'A'), weight(w, 'B')];
  const N = tf.mul(product(B, transposed(A)), aboveDiagonal(A.shape[0] ?? 0));
  return { A, B, b: weight(w, 'b'), N, diagonal: tf.sum(tf.mul(A, B), 1) };
}

/** The layer and its calculus at one x. */
function layerAt(x: tf.Tensor, w: Weights) {
  const { A, B, b, N, diagonal } = matrices(w);
  const rows = pixelRows(x);
  const like = (t: tf.Tensor) => tf.reshape(t, x.shape);
  const perSample = (t: tf.Tensor) => sumPerSample(tf.reshape(t, [batch(x), -1]));
  const h = tf.tanh(tf.add(product(rows, transposed(B)), b));
  const S = tf.sub(1, tf.square(h));
  const D = tf.add(1, tf.mul(S, diagonal));
  const solved = (r: tf.Tensor, from: tf.Tensor, to: tf.Tensor, M: tf.Tensor, order: Order) => {
    const q = substituted(product(pixelRows(r), transposed(from)), M, order, (k, i) => {
      const t = tf.div(k, column(D, i));
      return { t, effect: tf.mul(t, column(S, i)) };
    });
    return like(tf.sub(pixelRows(r), spread(tf.mul(q, S), to)));
  };
  return {
    y: () => like(tf.add(rows, spread(h, A))),
    logDet: () => perSample(tf.log(D)),
    pull(dy: tf.Tensor, dL: tf.Tensor) {
      const g = pixelRows(dy);
      const every = tf.reshape(tf.mul(perElement(dL, 3), tf.ones([1, pixels(x.shape), 1])), [-1, 1]);
      const dD = tf.div(every, D);
      const bend = tf.mul(-2, tf.mul(h, diagonal));
      const dt = tf.mul(S, tf.add(product(g, transposed(A)), tf.mul(dD, bend)));
      const onDiagonal = () => tf.reshape(tf.sum(tf.mul(dD, S), 0), [-1, 1]);
      return {
        dx: () => like(tf.add(g, spread(dt, B))),
        dw: () => ({
          A: tf.add(product(transposed(h), g), tf.mul(onDiagonal(), B)),
          B: tf.add(product(transposed(dt), rows), tf.mul(onDiagonal(), A)),
          b: tf.sum(dt, 0),
        }),
      };
    },
    push(dx: tf.Tensor, dw: Weights) {
      const [dA, dB] = [weight(dw, 'A'), weight(dw, 'B')];
      const along = tf.add(product(pixelRows(dx), transposed(B)), product(rows, transposed(dB)));
      const dh = tf.mul(S, tf.add(along, weight(dw, 'b')));
      const dDiagonal = tf.sum(tf.add(tf.mul(dA, B), tf.mul(A, dB)), 1);
      const dD = tf.sub(tf.mul(S, dDiagonal), tf.mul(tf.mul(2, diagonal), tf.mul(h, dh)));
      const dy = tf.add(pixelRows(dx), tf.add(spread(dh, A), spread(h, dA)));
      return { dy: like(dy), dLogDet: perSample(tf.div(dD, D)) };
    },
    solve: (r: tf.Tensor) => solved(r, B, A, N, 'last first'),
    solveTransposed: (r: tf.Tensor) => solved(r, A, B, transposed(N), 'first first'),
  };
}

function undo(y: tf.Tensor, w: Weights): tf.Tensor {
  const { A, B, b, N, diagonal } = matrices(w);
  const rows = pixelRows(y);
  const ends = tf.add(product(rows, transposed(B)), b);
  const h = substituted(ends, N, 'last first', (k, i) => {
    const effect = tf.tanh(undoPlusTanh(k, tf.slice(diagonal, i, 1)));
    return { t: effect, effect };
  });
  return tf.reshape(tf.sub(rows, spread(h, A)), y.shape);
}

/** h A. Over a single unit webgl's matMul adds what stands beside it in the texture. */
const spread = (h: tf.Tensor, A: tf.Tensor): tf.Tensor => (A.shape[0] === 1 ? tf.mul(h, A) : product(h, A));

type Order = 'first first' | 'last first';
const column = (t: tf.Tensor, i: number): tf.Tensor => tf.slice(t, [0, i], [-1, 1]);

/** Unknowns from their sums k: [rows, M], one after the other: once one is known, the others lose its effect times its column of N. */
function substituted(
  k: tf.Tensor,
  N: tf.Tensor,
  order: Order,
  solve: (k: tf.Tensor, i: number) => { t: tf.Tensor; effect: tf.Tensor },
): tf.Tensor {
  const M = k.shape[1] ?? 0;
  const columns = transposed(N);
  const found: tf.Tensor[] = [];
  let left = k;
  for (let step = 0; step < M; step++) {
    const i = order === 'first first' ? step : M - 1 - step;
    const { t, effect } = solve(column(left, i), i);
    found[i] = t;
    left = tf.sub(left, tf.mul(effect, tf.slice(columns, [i, 0], [1, -1])));
  }
  return tf.concat(found, 1);
}
