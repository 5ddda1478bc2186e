import * as tf from '@tensorflow/tfjs';
import { type Interval, total } from './rans';

/** Grid of the values: a grey level of 256. */
export const step = 1 / 256;

/**
 * Where a fresh mixture begins: a spike on the background, which stays on level 0, ink at its full, and three broad components;
 * a mean, a log-scale and a log-weight each.
 */
const start = {
  mean: [0, 255 * step, 0.25, 0.5, 0.75],
  logScale: [Math.log(step / 16), -4, -2, -2, -2],
  logWeight: [2, 0, 0, 0, 0],
};
const components = start.mean.length;
/** Numbers that a network gives for each value: the weights of all components, means and log-scales of all but the spike. */
export const perValue = 3 * components - 2;

/** Of the components of each value, along the last axis. */
export interface Mixture {
  logWeight: tf.Tensor;
  mean: tf.Tensor;
  logScale: tf.Tensor;
}

/** The mixture that a network's output means: h: […, values · perValue] → three of […, values, components]. */
export function mixtureOf(h: tf.Tensor): Mixture {
  const rows = tf.reshape(h, [-1, perValue]);
  const shape = [...h.shape.slice(0, -1), (h.shape.at(-1) ?? 0) / perValue, components];
  const block = (from: number, count: number) => tf.slice(rows, [0, from], [-1, count]);
  /** All but the spike are moved. */
  const moved = (from: number, start: number[]) =>
    tf.reshape(
      tf.add(
        tf.pad(block(from, components - 1), [
          [0, 0],
          [1, 0],
        ]),
        tf.tensor1d(start),
      ),
      shape,
    );
  const logWeight = tf.logSoftmax(tf.add(block(0, components), tf.tensor1d(start.logWeight)));
  // A step of Adam moves a mean by less than a level.
  const mean = tf.mul(
    0.1,
    moved(
      components,
      start.mean.map((m) => 10 * m),
    ),
  );
  return {
    logWeight: tf.reshape(logWeight, shape),
    mean,
    logScale: tf.maximum(moved(2 * components - 1, start.logScale), Math.log(step / 16)),
  };
}

/**
 * log P(z) in nats of each value, P the mass that a mixture of logistics has within half a level of z.
 *
 *     P(z) = Σ π (σ(a) − σ(b)),  a = (z − μ + ½g)/s,  b = a − g/s
 *     log(σ(a) − σ(b)) = log σ(a) + log σ(−b) + log(1 − e^(−g/s))
 *
 * Hoogeboom et al. 2019, arXiv:1905.07376, eq. 12; mixtures as in Salimans et al. 2017, arXiv:1701.05517.
 */
export function logProbability(z: tf.Tensor, { logWeight, mean, logScale }: Mixture): tf.Tensor {
  const perStep = tf.exp(tf.neg(logScale));
  const width = tf.mul(step, perStep);
  const middle = tf.mul(tf.sub(tf.expandDims(z, -1), mean), perStep);
  const half = tf.mul(0.5, width);
  const tails = tf.add(tf.softplus(tf.neg(tf.add(middle, half))), tf.softplus(tf.sub(middle, half)));
  const inside = tf.log(tf.sub(1, tf.exp(tf.neg(width))));
  return tf.logSumExp(tf.add(logWeight, tf.sub(inside, tails)), -1);
}

/** Levels that a value may have. */
export interface Levels {
  least: number;
  most: number;
}

/** The mixtures of many values, read one after the other. */
export interface Read {
  weight: Float32Array;
  mean: Float32Array;
  scale: Float32Array;
}

/** Reads a mixture, and frees it. */
export async function read({ logWeight, mean, logScale }: Mixture): Promise<Read> {
  const [weight, at, scale] = await Promise.all([logWeight, mean, logScale].map((t) => t.data<'float32'>()));
  tf.dispose([logWeight, mean, logScale]);
  return { weight: weight!.map(Math.exp), mean: at!, scale: scale!.map(Math.exp) };
}

/** Frequencies of the levels of value i: the mass of each in 2⁻²⁴, and never 0. The same numbers give the same frequencies. */
export function frequencies({ weight, mean, scale }: Read, i: number, { least, most }: Levels) {
  const room = total - (most - least + 1);
  const from = i * components;
  /** The frequencies below a level; those beyond the ends count to the ends. */
  const below = (level: number): number => {
    if (level <= least) return 0;
    if (level > most) return total;
    let mass = 0;
    for (let k = from; k < from + components; k++) {
      mass += weight[k]! / (1 + Math.exp((mean[k]! - (level - 0.5) * step) / scale[k]!));
    }
    return Math.min(room, Math.floor(mass * room)) + level - least;
  };
  const interval = (level: number): Interval & { level: number } => {
    const start = below(level);
    return { level, start, size: below(level + 1) - start };
  };
  return {
    interval,
    find(frequency: number) {
      let [low, high] = [least, most];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (below(middle) <= frequency) low = middle;
        else high = middle - 1;
      }
      return interval(low);
    },
  };
}
