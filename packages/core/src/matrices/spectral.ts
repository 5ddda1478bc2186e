import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { sizeOf } from '../tensors/channels';
import { product, transposed } from './matrix';

/** Squarings of I + WᵀW: its trace to the power 2⁶ is that of the largest eigenvalue, but for a factor n^(1/64). */
const squarings = 6;
/** Frequencies along each axis for each pixel that a kernel reaches from its middle. */
const frequencies = 8;

/**
 * A kernel made smaller, so that the norm of its convolution is below κ.
 *
 *     Ŵ = κ W/√N,   N = (Σ_ω tr (I + Ŵ(ω)*Ŵ(ω))ᵐ)^(1/m) ≥ 1 + σ²,   m = 2⁶      dN/N = ⟨V, dW⟩
 *
 * σ is the largest singular value over the frequencies ω of a grid; between them a polynomial of degree r is at most 1/cos(πr/n) times as
 * large, n points along the axis. N is found by squaring a matrix again and again: a power iteration that is above σ at every stage.
 * W: […kernel, in, out], or [in, out] for vectors.
 * Miyato et al. 2018, arXiv:1802.05957; Delattre et al. 2023, arXiv:2305.16173; Ehlich & Zeller 1964, doi:10.1007/BF01111276.
 */
export function contracted(W: tf.Tensor, kappa: number) {
  const { blocks, taps, slack } = spectrum(W.shape);
  const all = blocks(W);
  const wide = (all.shape[1] ?? 0) < (all.shape[2] ?? 0);
  const B = wide ? transposed(all) : all;
  const G = tf.add(tf.eye(B.shape[2] ?? 1), product(transposed(B), B));
  const trace = (M: tf.Tensor) => tf.sum(tf.mul(M, tf.eye(M.shape[2] ?? 1)));
  let H = tf.div(G, trace(G));
  let P = H;
  let logN = tf.log(trace(G));
  for (let k = 1; k <= squarings; k++) {
    const square = product(H, H);
    const t = trace(square);
    logN = tf.add(logN, tf.div(tf.log(t), 2 ** k));
    H = tf.div(square, t);
    if (k < squarings) P = product(P, H);
  }
  const s = tf.mul(kappa / slack, tf.exp(tf.mul(-0.5, logN)));
  /** The derivative of log N in W: 2 B P over tr(P G). */
  const V = () => {
    const dB = tf.div(tf.mul(2, product(B, P)), tf.sum(tf.mul(P, G)));
    return taps(wide ? transposed(dB) : dB);
  };
  const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b));
  return {
    kernel: () => tf.mul(s, W),
    pullback: (d: tf.Tensor) => tf.mul(s, tf.sub(d, tf.mul(V(), tf.mul(0.5, dot(W, d))))),
    pushforward: (dW: tf.Tensor) => tf.mul(s, tf.sub(dW, tf.mul(W, tf.mul(0.5, dot(V(), dW))))),
  };
}

/** A kernel as matrices, one for each frequency, [[Re, −Im], [Im, Re]] of Ŵ(ω) = Σ W(t) exp(iωt), and the adjoint. */
function spectrum(shape: Shape) {
  const [i = 1, o = 1] = shape.slice(-2);
  const kernel = shape.slice(0, -2);
  const taps = sizeOf(kernel);
  if (taps === 1) {
    const blocks = (W: tf.Tensor) => tf.reshape(W, [1, i, o]);
    return { blocks, taps: (dB: tf.Tensor) => tf.reshape(dB, [...shape]), slack: 1 };
  }
  const reach = kernel.map((size) => (size - 1) / 2);
  const angles = grid(
    kernel,
    (t, axis) => t * (reach[axis] ? (2 * Math.PI) / (frequencies * reach[axis]) : 0),
  );
  const points = grid(
    reach.map((r) => Math.max(1, frequencies * r)),
    (f) => f,
  );
  const table = (f: (angle: number) => number) =>
    tf.tensor2d(
      points.map((n) => angles.map((a) => f(n.reduce((sum, k, axis) => sum + k * (a[axis] ?? 0), 0)))),
    );
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  return {
    blocks(W: tf.Tensor) {
      const rows = tf.reshape(W, [taps, -1]);
      const [re, im] = [cos, sin].map((t) => tf.reshape(tf.matMul(t, rows), [-1, i, o])) as [
        tf.Tensor,
        tf.Tensor,
      ];
      return tf.concat([tf.concat([re, tf.neg(im)], 2), tf.concat([im, re], 2)], 1);
    },
    taps(dB: tf.Tensor) {
      const part = (y: number, x: number) =>
        tf.reshape(tf.slice(dB, [0, y * i, x * o], [-1, i, o]), [-1, i * o]);
      const re = tf.matMul(transposed(cos), tf.add(part(0, 0), part(1, 1)));
      const im = tf.matMul(transposed(sin), tf.sub(part(1, 0), part(0, 1)));
      return tf.reshape(tf.add(re, im), [...shape]);
    },
    slack: reach.reduce((product, r) => (r > 0 ? product / Math.cos(Math.PI / frequencies) : product), 1),
  };
}

/** Every combination of 0 … n−1 along each axis, its numbers changed by f. */
const grid = (sizes: readonly number[], f: (n: number, axis: number) => number): number[][] =>
  sizes.reduce<number[][]>(
    (all, size, axis) => all.flatMap((row) => Array.from({ length: size }, (_, n) => [...row, f(n, axis)])),
    [[]],
  );
