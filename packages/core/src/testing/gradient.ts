import * as tf from '@tensorflow/tfjs-core';
import { reversible } from '../autodiff/reversible/op';
import { dot, read, relative } from './read';
import type { Sample } from './sample';

/** Drawn by the processor: the same on every backend. */
const normalLike = (t: tf.Tensor, seed: number) => tf.randomNormal(t.shape, 0, 1, 'float32', seed);

/** cos 0, cos 1, …: by the processor too, since the cosine of a GPU has three digits. */
const waves = (size: number) => tf.tensor1d(Array.from({ length: size }, (_, i) => Math.cos(i)));

/** Worst relative error of the reversible op's gradients against those of tfjs through `forward`, log-det in the loss. */
export async function gradientError({ bijection, x, w, c }: Sample): Promise<number> {
  const names = Object.keys(w);
  const inputs = [x, ...(c ? [c] : []), ...names.map((n) => w[n]!)];
  const gradients = (f: (at: Omit<Sample, 'bijection'>) => { y: tf.Tensor; logDet: tf.Tensor }) =>
    tf.grads((...ts: tf.Tensor[]) => {
      const rest = ts.slice(c ? 2 : 1);
      const { y, logDet } = f({
        x: ts[0]!,
        w: Object.fromEntries(names.map((n, i) => [n, rest[i]!])),
        ...(c && { c: ts[1]! }),
      });
      const loss = tf.add(
        tf.sum(tf.mul(tf.reshape(y, [-1]), waves(y.size))),
        tf.sum(tf.mul(logDet, tf.add(tf.range(0, logDet.size), 0.5))),
      );
      // The stock tape refuses an input that the loss does not read.
      return ts.reduce((total, t) => tf.add(total, tf.mul(0, tf.sum(t))), loss);
    })(inputs);
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
