import type { Dataset } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { cells, type Stroke } from '../protocol';

/** The window of the sheet is [−reach, reach]². */
const reach = 3;

/** Deviation of the brush, in cells; it ends at `edge`. */
const [brush, edge] = [1.5, 4.5];

/**
 * The distribution of points of a drawing: constant on each cell of the sheet, as likely as the brush has covered it.
 *
 *     p(x) = cᵢ / (Σⱼ cⱼ · a) on cell i of area a, cᵢ = exp(−d²/2σ²)      d: from its centre to the nearest line
 *
 * The entropy is exact: −Σᵢ Pᵢ log(Pᵢ/a), Pᵢ = cᵢ / Σⱼ cⱼ.
 */
export function drawn(strokes: readonly Stroke[]): Dataset {
  const cover = Array.from({ length: cells ** 2 }, (_, k) =>
    coverage(strokes, (k % cells) + 0.5, Math.floor(k / cells) + 0.5),
  );
  let total = 0;
  const rising = cover.map((c) => (total += c));
  if (total === 0) throw new Error('Nothing is drawn yet. Draw a line on the sheet.');
  const width = (2 * reach) / cells;
  const logDensity = cover.map((c) => Math.log(c / total / width ** 2));
  const entropy = -cover.reduce((sum, c, k) => (c > 0 ? sum + (c / total) * (logDensity[k] ?? 0) : sum), 0);
  return {
    name: 'drawn',
    entropy,
    window: [
      [-reach, reach],
      [-reach, reach],
    ],
    sample: (n, { seed }) => sample(n, seed, rising, width),
    logProb: (x) =>
      tf.tidy(() => {
        const cell = (axis: number, from: number, sign: number) =>
          tf.floor(tf.mul(tf.sub(tf.reshape(tf.slice(x, [0, axis], [-1, 1]), [-1]), from), sign / width));
        const [column, row] = [cell(0, -reach, 1), cell(1, reach, -1)];
        const inside = (t: tf.Tensor) => tf.equal(t, tf.clipByValue(t, 0, cells - 1));
        const index = tf.add(
          tf.mul(tf.clipByValue(row, 0, cells - 1), cells),
          tf.clipByValue(column, 0, cells - 1),
        );
        const found = tf.gather(tf.tensor1d(logDensity), tf.cast(index, 'int32'));
        const isInside = tf.logicalAnd(inside(column), inside(row));
        return tf.reshape(tf.where(isInside, found, tf.fill(found.shape, -Infinity)), [-1]);
      }),
    toString: () => `drawn(${strokes.length} strokes)`,
  };
}

const coverage = (strokes: readonly Stroke[], x: number, y: number): number => {
  const d = Math.min(
    ...strokes.flatMap((stroke) => stroke.map((end, i) => distance(x, y, stroke[i - 1] ?? end, end))),
  );
  return d > edge ? 0 : Math.exp(-0.5 * (d / brush) ** 2);
};

/** From a point to the piece of a line from a to b. */
function distance(
  x: number,
  y: number,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): number {
  const [ex, ey] = [bx - ax, by - ay];
  const length = ex ** 2 + ey ** 2;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * ex + (y - ay) * ey) / length));
  return Math.hypot(x - ax - t * ex, y - ay - t * ey);
}

function sample(n: number, seed: number, rising: readonly number[], width: number): tf.Tensor2D {
  const random = xoroshiro128plus(seed);
  const fraction = () => unsafeUniformIntDistribution(0, 2 ** 32 - 1, random) / 2 ** 32;
  const total = rising.at(-1) ?? 0;
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const k = firstAbove(rising, fraction() * total);
    points[2 * i] = -reach + width * ((k % cells) + fraction());
    points[2 * i + 1] = reach - width * (Math.floor(k / cells) + fraction());
  }
  return tf.tensor2d(points, [n, 2]);
}

/** The first index whose number of a rising list is above u, by halving. */
function firstAbove(rising: readonly number[], u: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) > u) high = middle;
    else low = middle + 1;
  }
  return low;
}
