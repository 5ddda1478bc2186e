import * as core from '@invertible/core';
import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { sampleRankCorrelation } from 'simple-statistics';
import { floatsOf, numberOf } from '../measure';
import type { Recorded } from './survey';

/** Draws for each observation, and the bins of their ranks. 95 % are 38 of 40 ranks. */
export const [draws, bins] = [39, 20];
/** 99 % quantile of χ² with 19 degrees of freedom. */
export const limit = 36.19;

const levels = [0.5, 0.8, 0.95];

/** Observations at a time. */
const block = 16;

/** What posterior draws say of held-out images. */
export interface Evaluation {
  /** −log p(image | traces) in nats per pixel. */
  natsPerPixel: number;
  /** Continuous ranked probability score, mean over all pixels. */
  crps: number;
  /** Share of pixels inside the central intervals, by their level. */
  coverage: Record<string, number>;
  /** Ranks of one number of each image, which are independent. */
  ranks: Record<string, core.RankHistogram>;
  /** Rank correlation of deviation and |error| over all pixels. */
  spearman: number;
}

/** Means and deviations of the posterior of each image, [n, depth, distance, 1]. */
export interface Moments {
  mean: tf.Tensor4D;
  deviation: tf.Tensor4D;
}

/** Draws from the posterior of every held-out image, at a temperature. */
export async function evaluate(
  flow: inn.Flow,
  held: Recorded,
  { seed, temperature }: { seed: number; temperature: number },
): Promise<Evaluation & { moments: Moments }> {
  const [n, depth, distance] = held.x.shape;
  const pixels = depth * distance;
  const blocks: ReturnType<typeof drawn>[] = [];
  for (let from = 0; from < n; from += block) {
    const one = drawn(flow, held, {
      from,
      count: Math.min(block, n - from),
      seed: 1000 * seed + from,
      temperature,
    });
    // Signals come through.
    await one.ranks.data();
    blocks.push(one);
  }
  const joined = <K extends keyof (typeof blocks)[0]>(key: K) => tf.concat(blocks.map((one) => one[key]));
  const moments = { mean: joined('mean') as tf.Tensor4D, deviation: joined('deviation') as tf.Tensor4D };
  const ranks = await floatsOf(joined('ranks'));
  const histogram = (of: ArrayLike<number>) => core.rankHistogram(of, { draws, bins });
  // Another pixel in every image: a stride that shares no factor with their number goes round.
  const single = Float32Array.from({ length: n }, (_, i) => ranks[i * pixels + ((i * 101) % pixels)] ?? 0);
  const density = await numberOf(tf.tidy(() => tf.mean(flow.logProb(held.x, { condition: held.condition }))));
  const errors = await floatsOf(tf.tidy(() => tf.abs(tf.sub(moments.mean, held.x))));
  const evaluation = {
    natsPerPixel: -density / pixels,
    crps: await numberOf(tf.tidy(() => tf.mean(joined('crps')))),
    coverage: Object.fromEntries(levels.map((level) => [level, core.coverage(ranks, { draws, level })])),
    ranks: { 'a pixel': histogram(single), energy: histogram(await floatsOf(joined('energy'))) },
    spearman: sampleRankCorrelation(Array.from(await moments.deviation.data()), Array.from(errors)),
  };
  for (const one of blocks) tf.dispose({ ...one });
  return { ...evaluation, moments };
}

/**
 * The temperature at which the central interval of 80 % holds 80 % of the pixels of images that are neither for training nor held out:
 * one number that mends a flow which is too sure, or not sure enough, of everything.   Guo et al. 2017, arXiv:1706.04599, section 4.2.
 */
export async function temperatureFor(flow: inn.Flow, apart: Recorded, seed: number): Promise<number> {
  const misses: { temperature: number; miss: number }[] = [];
  for (const temperature of [0.8, 0.85, 0.9, 0.95, 1]) {
    const one = drawn(flow, apart, { from: 0, count: apart.x.shape[0], seed, temperature });
    const ranks = await one.ranks.data();
    tf.dispose({ ...one });
    misses.push({ temperature, miss: Math.abs(core.coverage(ranks, { draws, level: 0.8 }) - 0.8) });
  }
  return misses.reduce((best, next) => (next.miss < best.miss ? next : best)).temperature;
}

/** Moments of the draws for some images, ranks and scores of their pixels, and ranks of their energy. */
const drawn = (
  flow: inn.Flow,
  held: Recorded,
  { from, count, ...draw }: { from: number; count: number; seed: number; temperature: number },
) =>
  tf.tidy(() => {
    const [x, condition] = [tf.slice(held.x, from, count), tf.slice(held.condition, from, count)];
    const s = flow.sample(draws, { condition, ...draw, each: true });
    const { mean, variance } = tf.moments(s, 1);
    const energy = (t: tf.Tensor) => tf.mean(tf.square(t), [-3, -2, -1]);
    return {
      mean,
      deviation: tf.sqrt(variance),
      ranks: core.ranks(s, x),
      crps: core.crps(s, x),
      energy: core.ranks(energy(s), energy(x)),
    };
  });

/** What sections range over, in their deviations. */
const peak = 6;

/** Peak signal-to-noise ratio, mean over the images, in decibels. */
export const decibelsOf = (estimate: tf.Tensor, truth: tf.Tensor): Promise<number> =>
  numberOf(tf.tidy(() => tf.mean(core.psnr(estimate, truth, { peak }))));
