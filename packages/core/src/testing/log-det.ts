import * as tf from '@tensorflow/tfjs-core';
import { dot, read } from './read';
import type { Sample } from './sample';

/**
 * max |logDet − log|det J|| over the samples, J probed by pushforward, its determinant by elimination in float64.
 *
 * Where y is larger or smaller than x, log|det J| is ½·log det(JᵀJ), or of JJᵀ when that is the smaller one.
 */
export async function logDetError({ bijection, x, w, c }: Sample): Promise<number> {
  const batch = x.shape[0];
  const n = x.size / batch;
  /** n copies of the batch, one for each direction. */
  const copies = (t: tf.Tensor) =>
    tf.reshape(tf.tile(tf.reshape(t, [1, t.size]), [n, 1]), [n * batch, ...t.shape.slice(1)]);
  const [dy, logDet] = await read(() => {
    const still = Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.zerosLike(t)]));
    const directions = tf.reshape(tf.tile(tf.reshape(tf.eye(n), [n, 1, n]), [1, batch, 1]), [
      n * batch,
      ...x.shape.slice(1),
    ]);
    const p = bijection.pushforward(copies(x), directions, w, still, c && copies(c));
    return [p.dy, bijection.forward(x, w, c).logDet];
  });
  const m = dy.length / (n * batch);
  const columns = (s: number) =>
    Array.from({ length: n }, (_, j) => dy.slice((j * batch + s) * m, (j * batch + s + 1) * m));
  return Math.max(...logDet.map((l, s) => Math.abs(logVolume(columns(s)) - l)));
}

/** log of the factor by which a linear map, given by its columns, changes volume. */
function logVolume(columns: readonly number[][]): number {
  const n = columns.length;
  const m = columns[0]!.length;
  if (m === n) return logAbsDet(columns);
  const rows = Array.from({ length: m }, (_, i) => columns.map((column) => column[i]!));
  const short = m < n ? rows : columns;
  return logAbsDet(short.map((a) => short.map((b) => dot(a, b)))) / 2;
}

function logAbsDet(matrix: readonly number[][]): number {
  const m = matrix.map((row) => Float64Array.from(row));
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
