import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { type Digits, pixels, side } from './data';

type FitDataset = Parameters<tfl.Sequential['fitDataset']>[0];

/** A number from [0, 1). */
const uniform = (random: RandomGenerator): number => (random.unsafeNext() >>> 0) / 2 ** 32;

/** Bytes to [0, 1] with uniform noise in each bin: x = (byte + u) / 256. Theis et al. 2016, arXiv:1511.01844, section 3.1. */
export function dequantise({ bytes }: Digits, rows: ArrayLike<number>, random: RandomGenerator): tf.Tensor4D {
  const x = new Float32Array(rows.length * pixels);
  for (let i = 0, k = 0; i < rows.length; i++) {
    const from = rows[i]! * pixels;
    for (let p = 0; p < pixels; p++) x[k++] = (bytes[from + p]! + uniform(random)) / 256;
  }
  return tf.tensor4d(x, [rows.length, side, side, 1]);
}

/**
 * Digits for `fitDataset`, dequantised as they are read. Each epoch is a new order with new noise, a function of the
 * seed and the epoch's number alone, so that training resumes where it was; without `shuffle` all epochs are alike.
 */
export function batches(
  digits: Digits,
  { batch, seed, shuffle, epoch = 0 }: { batch: number; seed: number; shuffle: boolean; epoch?: number },
): FitDataset {
  let current = epoch;
  const dataset = {
    iterator: async () => {
      const random = xoroshiro128plus(shuffle ? seed * 1000 + current++ : seed);
      const order = Uint32Array.from({ length: digits.count }, (_, i) => i);
      if (shuffle) {
        for (let i = order.length - 1; i > 0; i--) {
          const j = unsafeUniformIntDistribution(0, i, random);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
      }
      let at = 0;
      return {
        next: async () => {
          if (at >= order.length) return { value: null, done: true };
          const rows = order.subarray(at, at + batch);
          at += batch;
          return {
            value: { xs: dequantise(digits, rows, random), ys: tf.zeros([rows.length, 1]) },
            done: false,
          };
        },
      };
    },
  };
  return dataset as unknown as FitDataset;
}
