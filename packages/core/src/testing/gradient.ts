import * as tf from '@tensorflow/tfjs-core';
import { reversible } from '../autodiff/reversible/op';
import { dot, largest, read, relative } from './read';
import type { Sample } from './sample';

/** Drawn by the processor: the same on every backend. */
const normalLike = (t: tf.Tensor, seed: number) => tf.randomNormal(t.shape, 0, 1, 'float32', seed);

/** cos 0, cos 1, …: by the processor too, since the cosine of a GPU has three digits. */
const waves = (size: number) => tf.tensor1d(Array.from({ length: size }, (_, i) => Math.cos(i)));

/** (x, c, weights) of a sample as a list, and the sample of such a list. */
function listed({ x, w, c }: Sample) {
  const names = Object.keys(w);
  const at = ([x, ...rest]: readonly tf.Tensor[]) => {
    const weights = c ? rest.slice(1) : rest;
    return {
      x: x!,
      w: Object.fromEntries(names.map((name, i) => [name, weights[i]!])),
      ...(c && { c: rest[0]! }),
    };
  };
  return { inputs: [x, ...(c ? [c] : []), ...names.map((name) => w[name]!)], at };
}

/** A number that depends on every output in its own way; and on every input, as the stock tape demands. */
function lossOf({ y, logDet }: { y: tf.Tensor; logDet: tf.Tensor }, inputs: readonly tf.Tensor[]): tf.Tensor {
  const loss = tf.add(
    tf.sum(tf.mul(tf.reshape(y, [-1]), waves(y.size))),
    tf.sum(tf.mul(logDet, tf.add(tf.range(0, logDet.size), 0.5))),
  );
  return inputs.reduce((total, t) => tf.add(total, tf.mul(0, tf.sum(t))), loss);
}

/** Worst relative error of the reversible op's gradients against those of tfjs through `forward`, log-det in the loss. */
export async function gradientError({ bijection, x, w, c }: Sample): Promise<number> {
  const { inputs, at } = listed({ bijection, x, w, ...(c && { c }) });
  const gradients = (f: (at: Omit<Sample, 'bijection'>) => { y: tf.Tensor; logDet: tf.Tensor }) =>
    tf.grads((...ts: tf.Tensor[]) => lossOf(f(at(ts)), ts))(inputs);
  const op = reversible(bijection);
  const all = await read(() => [
    ...gradients((at) => op(at.x, at.w, { ...(at.c && { condition: at.c }) })),
    ...gradients((at) => bijection.forward(at.x, at.w, at.c)),
  ]);
  return Math.max(...inputs.map((_, i) => relative(all[i]!, all[inputs.length + i]!)));
}

/** |⟨J·v, u⟩ − ⟨v, Jᵀ·u⟩| over (x, condition, weights), relative to the norms. */
export async function adjointError({ bijection, x, w, c }: Sample): Promise<number> {
  const names = Object.keys(w);
  const [dy, u, dL, uL, ...slopes] = await read(() => {
    const dw = Object.fromEntries(names.map((n, i) => [n, normalLike(w[n]!, 300 + i)]));
    const dx = normalLike(x, 400);
    const dc = c && normalLike(c, 401);
    const p = bijection.pushforward(x, dx, w, dw, c, dc);
    const [u, uL] = [normalLike(p.y, 500), normalLike(p.logDet, 501)];
    const b = bijection.pullback(p.y, u, uL, w, c);
    const ofCondition = dc && b.dc ? [b.dc, dc] : [];
    return [p.dy, u, p.dLogDet, uL, b.dx, dx, ...ofCondition, ...names.flatMap((n) => [b.dw[n]!, dw[n]!])];
  });
  const left = dot(dy, u) + dot(dL, uL);
  const right = slopes.reduce((s, v, i, rest) => (i % 2 === 0 ? s + dot(v, rest[i + 1]!) : s), 0);
  const size = Math.sqrt(dot(dy, dy) * dot(u, u)) + Math.sqrt(dot(dL, dL) * dot(uL, uL));
  return Math.abs(left - right) / size;
}

/**
 * Worst error of a second derivative along a random direction v of (x, condition, weights), relative to the largest: the gradient
 * of ⟨∇L, v⟩, both through the reversible op, against differences of ∇L: ∇L(·+hv) − ∇L(·−hv) over 2h, without its h² term.
 */
export async function secondGradientError(sample: Sample): Promise<number> {
  const { inputs, at } = listed(sample);
  const op = reversible(sample.bijection);
  const loss = (...ts: tf.Tensor[]) => {
    const { x, w, c } = at(ts);
    return lossOf(op(x, w, { ...(c && { condition: c }) }), ts);
  };
  const gradient = tf.grads(loss);
  const all = await read(() => {
    const v = inputs.map((t, i) => tf.mul(normalLike(t, 600 + i), 1 / Math.sqrt(t.size)));
    const along = tf.grads((...ts: tf.Tensor[]) => {
      const slopes = gradient(ts).map((g, i) => tf.sum(tf.mul(g, v[i]!)));
      return [...slopes, ...ts.map((t) => tf.mul(0, tf.sum(t)))].reduce((a, b) => tf.add(a, b));
    });
    const difference = (h: number) => {
      const [ahead, behind] = [h, -h].map((s) => gradient(inputs.map((t, i) => tf.add(t, tf.mul(s, v[i]!)))));
      return ahead!.map((g, i) => tf.div(tf.sub(g, behind![i]!), 2 * h));
    };
    const [near, far] = [difference(0.01), difference(0.02)];
    return [
      ...along(inputs),
      ...near.map((d, i) => tf.div(tf.sub(tf.mul(4, d), far[i]!), 3)),
      ...gradient(inputs),
    ];
  });
  const part = (k: number) => all.slice(k * inputs.length, (k + 1) * inputs.length).flat();
  const [seconds, differences, firsts] = [part(0), part(1), part(2)];
  const off = largest(seconds.map((s, i) => s - differences[i]!));
  // Differences of large gradients are only so exact.
  return off / Math.max(largest(differences), 0.1 * largest(firsts));
}
