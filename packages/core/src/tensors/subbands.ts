import * as tf from '@tensorflow/tfjs-core';
import { channels } from './channels';
import { type Rounding, reflectOnGrid } from './reflect-on-grid';

type Pair = [tf.Tensor, tf.Tensor];

/**
 * Two-channel orthogonal filter bank as reflections of neighbours, the pairs of one layer bridging those of the next:
 *
 *     (a, b) ← (a + t b, t a − b)      for each t, times scale = Π ±(1 + t²)^−½ in all
 *
 * Whatever the numbers t, the map is orthogonal, and the layers in reverse order undo it.
 * Vaidyanathan & Hoang 1988, IEEE Trans. ASSP 36, 81–94.
 */
export interface Lattice {
  t: readonly number[];
  scale: number;
}

export interface SubbandOptions {
  /** What becomes of the pairs. Default: nothing, the two phases are the subbands. */
  lattice?: Lattice;
  /** Pairs are half the axis apart, instead of neighbours. Default false. */
  tiles?: boolean;
  /** The grid that all numbers stay on, each reflection by rounded shears, with a lattice of scale above 0. Default: none. */
  grid?: Rounding | undefined;
}

/** A map that keeps lengths, and the way back. */
export interface Rearrangement {
  apply(x: tf.Tensor): tf.Tensor;
  undo(y: tf.Tensor): tf.Tensor;
}

/**
 * Every spatial axis is cut into pairs, each pair gives a low and a high number, and those of one kind are a subband:
 *
 *     y[…, p·C + c]      bit k of p: 0 low, 1 high, along spatial axis k
 *
 * The subbands lie in front of all axes until the last transpose, so that whole blocks are moved, and no rank is above 3.
 */
export function subbands({ lattice, tiles = false, grid }: SubbandOptions = {}): Rearrangement {
  /** [before, n, after] with the axis in the middle, to where its pairs are [·, 2, ·]. */
  const cut = (before: number, n: number, after: number): [number, 2, number] =>
    tiles ? [before, 2, (n / 2) * after] : [(before * n) / 2, 2, after];
  return {
    apply(x) {
      const space = x.shape.slice(1, -1);
      let [before, after] = [x.shape[0], x.size / x.shape[0]];
      let y = tf.clone(x);
      for (const n of space) {
        after /= n;
        y = replace(y, (t) => swap(tf.reshape(t, cut(before, n, after))));
        if (lattice) y = through(y, [before, n / 2, after], lattice, forwards(lattice), grid);
        before *= n;
      }
      const C = channels(x.shape);
      const bands = 2 ** space.length;
      y = replace(y, (t) => swap(tf.reshape(t, [bands, -1, C])));
      return tf.reshape(y, [x.shape[0], ...space.map((n) => n / 2), bands * C]);
    },
    undo(y) {
      const space = y.shape.slice(1, -1).map((n) => 2 * n);
      const bands = 2 ** space.length;
      const C = channels(y.shape) / bands;
      let [before, after] = [y.size / C, C];
      let x = swap(tf.reshape(y, [-1, bands, C]));
      for (const n of [...space].reverse()) {
        before /= n;
        if (lattice) x = through(x, [before, n / 2, after], lattice, forwards(lattice).reverse(), grid);
        const [i, , j] = cut(before, n, after);
        x = replace(x, (t) => swap(tf.reshape(t, [2, i, j])));
        after *= n;
      }
      return tf.reshape(x, [y.shape[0], ...space, C]);
    },
  };
}

const swap = (t: tf.Tensor): tf.Tensor => tf.transpose(t, [1, 0, 2]);

/** Replaces a value and frees the old one. */
function replace<From extends tf.TensorContainer, To extends tf.TensorContainer>(
  before: From,
  step: (t: From) => To,
): To {
  const after = tf.tidy(() => step(before));
  tf.dispose(before);
  return after;
}

/** The layers in the order of the map: numbers reflect, bridges change to the pairs between. The last pairs are (2i, 2i + 1). */
const forwards = ({ t }: Lattice): (number | 'bridge')[] =>
  t.flatMap((tk, k) => (k > 0 || t.length % 2 === 0 ? ['bridge' as const, tk] : [tk]));

/** Both phases, one after the other, through the layers; they are freed. shape: of one of them, its spatial axis in the middle. */
function through(
  phases: tf.Tensor,
  shape: [number, number, number],
  { scale }: Lattice,
  layers: readonly (number | 'bridge')[],
  grid: Rounding | undefined,
): tf.Tensor {
  let pair = replace(phases, (t) => {
    const rows = tf.mul(tf.reshape(t, [2, -1]), grid ? 1 : scale);
    return [0, 1].map((i) => tf.reshape(tf.slice(rows, [i, 0], [1, -1]), shape)) as Pair;
  });
  let between = false;
  for (const layer of layers) {
    if (layer === 'bridge') between = !between;
    pair = replace(pair, ([a, b]): Pair => {
      if (layer !== 'bridge') return grid ? reflectOnGrid(a, b, layer, grid) : reflect(a, b, layer);
      return between ? [roll(b, -1), tf.clone(a)] : [tf.clone(b), roll(a, 1)];
    });
  }
  return replace(pair, (both) => tf.stack(both));
}

function reflect(a: tf.Tensor, b: tf.Tensor, t: number): Pair {
  const times = (v: tf.Tensor) => (t === 1 ? v : tf.mul(v, t));
  return [tf.add(a, times(b)), tf.sub(times(a), b)];
}

/** t[·, i + by, ·], the axis closed to a ring; by: 1 or −1. */
function roll(t: tf.Tensor, by: 1 | -1): tf.Tensor {
  const [before, n, after] = t.shape as [number, number, number];
  const first = by === 1 ? 1 : n - 1;
  if (n === 1) return tf.clone(t);
  return tf.concat(
    [tf.slice(t, [0, first, 0], [before, n - first, after]), tf.slice(t, [0, 0, 0], [before, first, after])],
    1,
  );
}
