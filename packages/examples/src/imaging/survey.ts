import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { type Draws, draws } from './draws';

/** What is known of an image that is only seen through traces: how such images are drawn, and how they are recorded. */
export interface Problem {
  size: number;
  /** So many images, [count, size, size, 1], a function of the seeds alone. */
  images(count: number, ...seeds: number[]): Float32Array;
  operator: core.LinearOperator;
  /** Deviation of the noise, where that of the images is about 1. */
  noise: number;
  /** A first estimate of the images, [n, depth, distance, 1], that networks are handed beside traces and mask. */
  guide(seen: tf.Tensor4D): tf.Tensor4D;
}

/** Images, and what was recorded of them. */
export interface Recorded {
  /** [n, depth, distance, 1] */
  x: tf.Tensor4D;
  /** The traces, zero where there is none, the mask and the guide: [n, depth, distance, 3]. */
  condition: tf.Tensor4D;
}

/** What the earth takes of the high frequencies: every trace is smoothed by a Gaussian of so many samples' deviation. */
export function lowPass(deviation: number): core.LinearOperator {
  const half = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * half + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - half) / deviation) ** 2),
  );
  const sum = weights.reduce((a, b) => a + b);
  return core.convolutionOperator(weights.map((w) => [w / sum]));
}

/** Which traces there are: all but a gap and a few dead ones, and in one of `blind` surveys none. */
function mask(random: Draws, size: number, blind: number): number[] {
  const width = size * random.within(0.12, 0.35);
  const from = random.within(0, size - width);
  const none = blind > 0 && random.happens(1 / blind);
  return Array.from({ length: size }, (_, x) => {
    const dead = random.happens(0.1);
    return Number(!none && !dead && (x < from || x >= from + width));
  });
}

/**
 * Draws images and records them, a function of the seeds alone. In one of `blind` surveys there is no trace at all, so that a flow
 * learns what images look like before anything is seen; 0, the default, means never.
 */
export function recorded(
  problem: Problem,
  count: number,
  { seeds, blind = 0 }: { seeds: number[]; blind?: number },
): Recorded {
  const { size, operator, noise } = problem;
  const random = draws(...seeds, 1);
  const masks = Array.from({ length: count }, () => mask(random, size, blind)).flat();
  const grain = Float32Array.from({ length: count * size ** 2 }, () => noise * random.normal());
  const x = tf.tensor4d(problem.images(count, ...seeds, 0), [count, size, size, 1]);
  const condition = tf.tidy(() => {
    const there = tf.tile(tf.tensor4d(masks, [count, 1, size, 1]), [1, size, 1, 1]);
    const traces = tf.mul(tf.add(operator.apply(x), tf.reshape(grain, x.shape)), there);
    const seen = tf.concat<tf.Tensor4D>([tf.reshape(traces, x.shape), there], 3);
    return tf.concat<tf.Tensor4D>([seen, problem.guide(seen)], 3);
  });
  return { x, condition };
}

/** The traces of a condition, where there are some, and the guide, [n, depth, distance, 1]. */
export const tracesOf = (condition: tf.Tensor4D): tf.Tensor4D => channel(condition, 0);
export const maskOf = (condition: tf.Tensor4D): tf.Tensor4D => channel(condition, 1);
export const guideOf = (condition: tf.Tensor4D): tf.Tensor4D => channel(condition, 2);

const channel = (t: tf.Tensor4D, k: number): tf.Tensor4D => tf.slice(t, [0, 0, 0, k], [-1, -1, -1, 1]);

/** log p(y | x) of the traces y of one observation, for each x: normal noise where there is a trace. */
export function logLikelihood(
  { operator, noise }: Problem,
  condition: tf.Tensor4D,
): (x: tf.Tensor) => tf.Tensor1D {
  const constant = Math.log(noise) + 0.5 * Math.log(2 * Math.PI);
  return (x) =>
    tf.tidy(() => {
      const there = maskOf(condition);
      const misfit = tf.mul(tf.sub(operator.apply(x), tracesOf(condition)), tf.div(there, noise));
      const squares = tf.sum<tf.Tensor1D>(tf.square(misfit), [1, 2, 3]);
      return tf.sub(tf.mul(squares, -0.5), tf.mul(tf.sum(there), constant));
    });
}
