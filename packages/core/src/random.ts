import * as tf from '@tensorflow/tfjs-core';
// By their files: the entry of the package keeps every generator in the bundle of an app.
import { unsafeUniformIntDistribution } from 'pure-rand/distribution/UnsafeUniformIntDistribution';
import { mersenne } from 'pure-rand/generator/MersenneTwister';
import type { Shape } from './bijection';

/** How far apart the seeds of one kind are: primes, so that those of several kinds seldom meet. */
const strides = { weight: 7919, member: 104_729, step: 15_485_863 };

/** The seed of the i-th of many things that are drawn from one seed: weights, members of a composition, steps of a training. */
export const childSeed = (seed: number, i: number, of: keyof typeof strides = 'weight'): number =>
  seed + strides[of] * i;

/** Normal numbers from a whole seed, the same on every backend. The half is there since tfjs takes 0 for no seed. */
export const randomNormal = (shape: Shape, seed: number, deviation = 1): tf.Tensor =>
  tf.randomNormal([...shape], 0, deviation, 'float32', seed + 0.5);

/** Uniform numbers from a whole seed, the same on every backend. */
export const randomUniform = (shape: Shape, seed: number, low = 0, high = 1): tf.Tensor =>
  tf.randomUniform([...shape], low, high, 'float32', seed + 0.5);

/** The numbers that each output of a layer reads, of the shape […kernel, in, out] of its weights. */
const fanIn = (shape: Shape): number => shape.slice(0, -1).reduce((n, size) => n * size, 1);

/** He et al. 2015, eq. 10: deviation √(variance / fan-in), 2 for layers followed by a ReLU. shape: […kernel, in, out]. */
export const heNormal = (shape: Shape, seed: number, variance = 2): tf.Tensor =>
  randomNormal(shape, seed, Math.sqrt(variance / fanIn(shape)));

/**
 * Biases uniform within ±1/√fan-in, for a layer whose weights have the shape […kernel, in, out]. From zero, all kinks of a first
 * hidden layer would lie on planes through the origin, of which data of few features leave little to choose.
 */
export const spreadBias = (shape: Shape, seed: number): tf.Tensor => {
  const bound = 1 / Math.sqrt(fanIn(shape));
  return randomUniform(shape.slice(-1), seed, -bound, bound);
};

/** Numbers one by one, a function of the seed alone. */
export interface RandomNumbers {
  /** Within [low, high). */
  uniform(low?: number, high?: number): number;
  normal(deviation?: number): number;
  /** One of 0 … n−1. */
  whole(n: number): number;
}

export function randomNumbers(seed: number): RandomNumbers {
  const random = mersenne(seed);
  const fraction = () => unsafeUniformIntDistribution(0, 2 ** 32 - 1, random) / 2 ** 32;
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * fraction(),
    // Box & Muller 1958, doi:10.1214/aoms/1177706645.
    normal: (deviation = 1) =>
      deviation * Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
    whole: (n) => unsafeUniformIntDistribution(0, n - 1, random),
  };
}

/** 0 … n−1 in a random order, a function of the seed alone. Every order is as likely as any other. */
export function randomOrder(n: number, seed: number): number[] {
  // Its start is mixed: neighbouring seeds give orders that have nothing in common.
  const random = mersenne(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = unsafeUniformIntDistribution(0, i, random);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
