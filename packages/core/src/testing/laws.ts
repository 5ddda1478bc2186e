import * as tf from '@tensorflow/tfjs-core';
import { reversible } from '../autodiff/reversible-op';
import type { Bijection, Shape, Weights } from '../bijection';
import { reverse } from '../combinators/reverse';

/** A bijection at a point: weights away from their trivial start, an input and, maybe, a condition. */
export interface Sample {
  bijection: Bijection;
  x: tf.Tensor;
  w: Weights;
  c?: tf.Tensor;
}

export function sample(
  bijection: Bijection,
  shape: Shape,
  { seed = 1, condition }: { seed?: number; condition?: Shape } = {},
): Sample {
  const normal = (s: Shape, k: number) => tf.randomNormal([...s], 0, 1, 'float32', seed + k);
  const c = condition && normal(condition, 99);
  const w = Object.fromEntries(
    bijection.weights(shape, condition).map(({ name, shape: s }, i) => {
      const scale = name.endsWith('V')
        ? 1
        : 0.5 / Math.sqrt(Math.max(1, s.length > 1 ? s[s.length - 2]! : 1));
      return [name, tf.tidy(() => tf.mul(normal(s, i), scale))];
    }),
  );
  return { bijection, x: normal(shape, 50), w, ...(c && { c }) };
}

/** The reverse of a bijection at the image of the point. */
export function reversed({ bijection, x, w, c }: Sample): Sample {
  const { y, logDet } = bijection.forward(x, w, c);
  tf.dispose([x, logDet]);
  return { bijection: reverse(bijection), x: y, w, ...(c && { c }) };
}

/** max |a − b| / max |b| */
export const relativeError = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => {
    const scale = Math.max(tf.max(tf.abs(b)).dataSync()[0]!, 1e-12);
    return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]! / scale;
  });

/** ‖f⁻¹(f(x)) − x‖ relative, and how far the two log-determinants are from cancelling. */
export const inversion = ({ bijection, x, w, c }: Sample) =>
  tf.tidy(() => {
    const f = bijection.forward(x, w, c);
    const b = bijection.inverse(f.y, w, c);
    const scale = 1 + tf.max(tf.abs(f.logDet)).dataSync()[0]!;
    return {
      x: relativeError(b.x, x),
      logDet: tf.max(tf.abs(tf.add(f.logDet, b.logDet))).dataSync()[0]! / scale,
    };
  });

/** max |logDet − log|det J|| over the samples, J probed by pushforward, its determinant by elimination in float64. */
export function logDetError({ bijection, x, w, c }: Sample): number {
  return tf.tidy(() => {
    const zero = Object.fromEntries(Object.entries(w).map(([n, t]) => [n, tf.zerosLike(t)]));
    const batch = x.shape[0]!;
    const n = x.size / batch;
    const J = Array.from({ length: batch }, () => Array.from({ length: n }, () => new Float64Array(n)));
    for (let j = 0; j < n; j++) {
      const direction = new Float32Array(x.size);
      for (let s = 0; s < batch; s++) direction[s * n + j] = 1;
      const dy = tf.tidy(() =>
        bijection.pushforward(x, tf.tensor(direction, x.shape), w, zero, c).dy.dataSync().slice(),
      );
      for (let s = 0; s < batch; s++) for (let i = 0; i < n; i++) J[s]![i]![j] = dy[s * n + i]!;
    }
    const logDet = bijection.forward(x, w, c).logDet.dataSync();
    return Math.max(...J.map((m, s) => Math.abs(logAbsDet(m) - logDet[s]!)));
  });
}

function logAbsDet(m: Float64Array[]): number {
  let sum = 0;
  for (let k = 0; k < m.length; k++) {
    let p = k;
    for (let i = k + 1; i < m.length; i++) if (Math.abs(m[i]![k]!) > Math.abs(m[p]![k]!)) p = i;
    [m[k], m[p]] = [m[p]!, m[k]!];
    const row = m[k]!;
    sum += Math.log(Math.abs(row[k]!));
    for (let i = k + 1; i < m.length; i++) {
      const r = m[i]!;
      const q = r[k]! / row[k]!;
      for (let j = k; j < m.length; j++) r[j] = r[j]! - q * row[j]!;
    }
  }
  return sum;
}

/** Worst relative error of the reversible op's gradients against those of tfjs through `forward`, log-det in the loss. */
export const gradientError = ({ bijection, x, w, c }: Sample): number =>
  tf.tidy(() => {
    const names = Object.keys(w);
    const weigh = tf.cos(tf.range(0, x.size));
    const loss = (y: tf.Tensor, logDet: tf.Tensor) =>
      tf.add(
        tf.sum(tf.mul(tf.reshape(y, [-1]), weigh)),
        tf.sum(tf.mul(logDet, tf.add(tf.range(0, logDet.size), 0.5))),
      ) as tf.Scalar;
    const inputs = [x, ...(c ? [c] : []), ...names.map((n) => w[n]!)];
    const read = (ts: tf.Tensor[]) => {
      const rest = c ? ts.slice(2) : ts.slice(1);
      return { x: ts[0]!, c: c && ts[1], w: Object.fromEntries(names.map((n, i) => [n, rest[i]!])) };
    };
    const stock = tf.grads((...ts: tf.Tensor[]) => {
      const a = read(ts);
      const { y, logDet } = bijection.forward(a.x, a.w, a.c);
      return tf.add(loss(y, logDet), tf.mul(0, tf.addN(ts.map((t) => tf.sum(t)))));
    })(inputs);
    const op = reversible(bijection);
    const own = tf.grads((...ts: tf.Tensor[]) => {
      const a = read(ts);
      const { y, logDet } = op(a.x, a.w, { ...(a.c && { condition: a.c }) });
      return loss(y, logDet);
    })(inputs);
    return Math.max(...own.map((g, i) => relativeError(g, stock[i]!)));
  });

/** |⟨J·v, u⟩ − ⟨v, Jᵀ·u⟩| over (x, weights), relative to the norms. */
export const adjointError = ({ bijection, x, w, c }: Sample): number =>
  tf.tidy(() => {
    const like = (t: tf.Tensor, seed: number) => tf.randomNormal(t.shape, 0, 1, 'float32', seed);
    const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
    const dw = Object.fromEntries(Object.entries(w).map(([n, t], i) => [n, like(t, 300 + i)]));
    const dx = like(x, 400);
    const p = bijection.pushforward(x, dx, w, dw, c);
    const [u, uL] = [like(p.y, 500), like(p.logDet, 501)];
    const b = bijection.pullback(p.y, u, uL, w, c);
    const left = dot(p.dy, u) + dot(p.dLogDet, uL);
    const right = dot(b.dx, dx) + Object.keys(w).reduce((sum, n) => sum + dot(b.dw[n]!, dw[n]!), 0);
    const size = Math.sqrt(dot(p.dy, p.dy) * dot(u, u)) + Math.sqrt(dot(p.dLogDet, p.dLogDet) * dot(uL, uL));
    return Math.abs(left - right) / size;
  });

/**
 * Observed order of the Taylor remainder |F(x + hv) − F(x) − h⟨∇F, v⟩| over (x, weights), F smooth in y and logDet, the mean
 * square of several directions: 2 when the gradient is right, 1 when it is wrong. Only for smooth bijections: the kinks of a
 * ReLU that lie between x and x + hv make it 1.5.
 */
export function taylorOrder({ bijection, x, w, c }: Sample): number {
  return tf.tidy(() => {
    const names = Object.keys(w);
    const F = (at: tf.Tensor, weights: Weights) =>
      tf.tidy(() => {
        const { y, logDet } = bijection.forward(at, weights, c);
        // In float64, since the remainder is a difference of nearly equal numbers.
        const energy = numbers(y).reduce((sum, v) => sum + v * v, 0) / (2 * y.size);
        return energy + numbers(logDet).reduce((sum, v) => sum + v, 0) / y.size;
      });
    const { y } = bijection.forward(x, w, c);
    const p = bijection.pullback(y, tf.div(y, y.size), tf.fill([x.shape[0]!], 1 / y.size), w, c);
    const dot = (a: tf.Tensor, b: tf.Tensor) => {
      const v = numbers(b);
      return numbers(a).reduce((sum, u, i) => sum + u * v[i]!, 0);
    };
    const start = F(x, w);
    const remainder = (h: number, direction: number) =>
      tf.tidy(() => {
        const step = (t: tf.Tensor, k: number) =>
          tf.mul(tf.randomNormal(t.shape, 0, 1, 'float32', 1000 * direction + k), 0.3 * h);
        const dx = step(x, 600);
        const dw = Object.fromEntries(names.map((n, i) => [n, step(w[n]!, 601 + i)]));
        const slope = dot(p.dx, dx) + names.reduce((sum, n) => sum + dot(p.dw[n]!, dw[n]!), 0);
        const moved = Object.fromEntries(names.map((n) => [n, tf.add(w[n]!, dw[n]!)]));
        return (F(tf.add(x, dx), moved) - start - slope) ** 2;
      });
    const total = (h: number) =>
      Math.sqrt(Array.from({ length: 8 }, (_, k) => remainder(h, k + 1)).reduce((sum, r) => sum + r, 0) / 8);
    const [coarse, fine] = [total(0.08), total(0.02)];
    // A remainder that drowns in rounding is exact: an affine F has none.
    return coarse < 1e-6 * (1 + Math.abs(start)) ? 2 : Math.log2(coarse / fine) / 2;
  });
}

const numbers = (t: tf.Tensor): number[] => Array.from(t.dataSync());
