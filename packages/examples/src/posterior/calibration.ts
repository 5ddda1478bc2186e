import * as core from '@invertible/core';
import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { simulate } from './problem';

export const bins = 20;
/** 99 % quantile of χ² with 19 degrees of freedom. */
export const limit = 36.19;

/**
 * Simulation-based calibration: the rank of the true x among samples given its y is uniform when the posterior is right.
 * Talts et al. 2018, arXiv:1804.06788, algorithm 1. One for each coordinate.
 */
export async function calibrate(
  flow: inn.Flow,
  seed: number,
  { pairs = 2000, draws = 99 } = {},
): Promise<core.RankHistogram[]> {
  const { x, y } = simulate(pairs, 900 + seed);
  const ranks = tf.tidy(() => {
    const drawn = flow.sample(draws, { seed: 5 + seed, condition: y, each: true });
    return core.ranks(drawn, x);
  });
  tf.dispose([x, y]);
  const numbers = await floatsOf(ranks);
  return [0, 1].map((axis) => {
    const own = numbers.filter((_, i) => i % 2 === axis);
    return core.rankHistogram(own, { draws, bins });
  });
}
