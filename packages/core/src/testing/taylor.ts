import * as tf from '@tensorflow/tfjs-core';
import { dot, read, sum } from './read';
import { isAtRest, type Sample } from './sample';

/**
 * Observed order of the Taylor remainder |F(x + hv) − F(x) − h⟨∇F, v⟩| over (x, weights), F smooth in y and logDet, the mean
 * square of several directions: 2 when the gradient is right, 1 when it is wrong. Only for smooth bijections: the kinks of a
 * ReLU that lie between x and x + hv make it 1.5.
 */
export async function taylorOrder({ bijection, x, w, c }: Sample): Promise<number> {
  const rest = new Set(
    bijection
      .weights(x.shape, c?.shape)
      .filter(isAtRest)
      .map(({ name }) => name),
  );
  const names = Object.keys(w).filter((name) => !rest.has(name));
  // In float64, since the remainder is a difference of nearly equal numbers.
  const F = (y: number[], logDet: number[]) => (dot(y, y) / 2 + sum(logDet)) / y.length;
  const [y, logDet, ...slope] = await read(() => {
    const f = bijection.forward(x, w, c);
    const one = tf.fill([x.shape[0]], 1 / f.y.size);
    const p = bijection.pullback(f.y, tf.div(f.y, f.y.size), one, w, c);
    return [f.y, f.logDet, p.dx, ...names.map((n) => p.dw[n]!)];
  });
  const start = F(y, logDet);

  const remainder = async (h: number, direction: number) => {
    const step = (t: tf.Tensor, k: number) =>
      tf.mul(tf.randomNormal(t.shape, 0, 1, 'float32', 1000 * direction + k), 0.3 * h);
    const [moved, movedLogDet, ...v] = await read(() => {
      const dx = step(x, 600);
      const dw = names.map((n, i) => step(w[n]!, 601 + i));
      const there = { ...w, ...Object.fromEntries(names.map((n, i) => [n, tf.add(w[n]!, dw[i]!)])) };
      const f = bijection.forward(tf.add(x, dx), there, c);
      return [f.y, f.logDet, dx, ...dw];
    });
    return F(moved, movedLogDet) - start - sum(v.map((d, i) => dot(slope[i]!, d)));
  };
  const total = async (h: number) => {
    const all = [];
    for (let k = 1; k <= 8; k++) all.push(await remainder(h, k));
    return Math.sqrt(dot(all, all) / all.length);
  };
  const [coarse, fine] = [await total(0.08), await total(0.02)];
  // A remainder that drowns in rounding is exact: an affine F has none.
  return coarse < 1e-6 * (1 + Math.abs(start)) ? 2 : Math.log2(coarse / fine) / 2;
}
