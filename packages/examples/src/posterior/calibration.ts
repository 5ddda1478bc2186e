import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { simulate } from './problem';

export const bins = 20;
/** 99 % quantile of χ² with 19 degrees of freedom. */
export const limit = 36.19;

export interface Calibration {
  /** How many pairs have their rank in each bin. */
  counts: number[];
  /** Against uniform. */
  chiSquare: number;
}

/**
 * Simulation-based calibration: the rank of the true x among samples given its y is uniform when the posterior is right.
 * Talts et al. 2018, arXiv:1804.06788, algorithm 1. One for each coordinate.
 */
export async function calibrate(
  flow: inn.Flow,
  seed: number,
  { pairs = 2000, draws = 99 } = {},
): Promise<Calibration[]> {
  const { x, y } = simulate(pairs, 900 + seed);
  const ranks = tf.tidy(() => {
    const repeated = tf.reshape(tf.tile(tf.expandDims(y, 1), [1, draws, 1]), [-1, 3]);
    const drawn = flow.sample(pairs * draws, { seed: 5 + seed, condition: repeated });
    const below = tf.less(tf.reshape(drawn, [pairs, draws, 2]), tf.expandDims(x, 1));
    return tf.sum(tf.cast(below, 'float32'), 1);
  });
  tf.dispose([x, y]);
  const numbers = await floatsOf(ranks);
  const expected = pairs / bins;
  return [0, 1].map((axis) => {
    const own = numbers.filter((_, i) => i % 2 === axis);
    const counts = Array.from({ length: bins }, (_, bin) =>
      own.reduce((n, rank) => n + (Math.floor((rank * bins) / (draws + 1)) === bin ? 1 : 0), 0),
    );
    return { counts, chiSquare: counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0) };
  });
}
