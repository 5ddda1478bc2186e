import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { classes, type Digits, pixels, side } from './data';

export interface Batch {
  /** Images within [0, 1] and the classes that they are given, one-hot. */
  xs: [x: tf.Tensor4D, condition: tf.Tensor2D];
  ys: tf.Tensor;
}

/** The part of a dataset that tf.layers needs: an iterator per epoch. */
export interface Batches {
  iterator(): Promise<{ next(): Promise<IteratorResult<Batch>> }>;
  size: number;
}

/** A number from [0, 1). */
const uniform = (random: RandomGenerator): number => (random.unsafeNext() >>> 0) / 2 ** 32;

/** Bytes to [0, 1] with uniform noise in each bin: x = (byte + u) / 256. Theis et al. 2016, arXiv:1511.01844, section 3.1. */
function dequantise(bytes: Uint8Array, rows: ArrayLike<number>, random: RandomGenerator): tf.Tensor4D {
  const x = new Float32Array(rows.length * pixels);
  for (let i = 0, k = 0; i < rows.length; i++) {
    const from = rows[i]! * pixels;
    for (let p = 0; p < pixels; p++) x[k++] = (bytes[from + p]! + uniform(random)) / 256;
  }
  return tf.tensor4d(x, [rows.length, side, side, 1]);
}

/** Classes as the condition of a flow, [n, 10]. */
export const oneHot = (labels: ArrayLike<number>): tf.Tensor2D =>
  tf.tidy(() =>
    tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes, 1, 0, 'float32').as2D(-1, classes),
  );

interface BatchOptions {
  batch: number;
  seed: number;
}

/**
 * Digits for `fitDataset`, dequantised as they are read. Each pass over them is a new order, cut into epochs of `images`;
 * order and noise are functions of the seed and the epoch's number alone, so that training resumes where it was.
 */
export function trainingBatches(
  digits: Digits,
  { batch, seed, images, epoch }: BatchOptions & { images: number; epoch: number },
): Batches {
  const epochs = Math.ceil(digits.count / images);
  let next = epoch;
  return dataset(() => {
    const [pass, part] = [Math.floor(next / epochs), next % epochs];
    const order = permutation(digits.count, xoroshiro128plus(hash(seed, pass, 0)));
    const random = xoroshiro128plus(hash(seed, next++, 1));
    return { digits, rows: order.subarray(part * images, (part + 1) * images), batch, random };
  });
}

/** The same digits with the same noise in every epoch. */
export const heldOutBatches = (digits: Digits, { batch, seed }: BatchOptions): Batches =>
  dataset(() => {
    const rows = Uint32Array.from({ length: digits.count }, (_, i) => i);
    return { digits, rows, batch, random: xoroshiro128plus(hash(seed, 0, 2)) };
  });

/** One seed out of several numbers. */
const hash = (...numbers: number[]): number =>
  numbers.reduce((h, n) => Math.imul(h ^ n, 0x9e3779b1) ^ (h >>> 15), 0x2545f491);

function permutation(count: number, random: RandomGenerator): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = unsafeUniformIntDistribution(0, i, random);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

interface Epoch {
  digits: Digits;
  rows: Uint32Array;
  batch: number;
  random: RandomGenerator;
}

/** Targets are there because `fitDataset` wants some. The number of batches is left open, as that of a stream. */
function dataset(start: () => Epoch): Batches {
  const iterator = async () => {
    const { digits, rows, batch, random } = start();
    let at = 0;
    const next = async (): Promise<IteratorResult<Batch>> => {
      // An evaluation awaits nothing else: signals come through here.
      await setImmediate();
      const some = rows.subarray(at, at + batch);
      at += batch;
      if (some.length === 0) return { value: null, done: true };
      const condition = oneHot(Array.from(some, (row) => digits.labels[row]!));
      const xs: Batch['xs'] = [dequantise(digits.bytes, some, random), condition];
      return { value: { xs, ys: tf.zeros([some.length, 1]) } };
    };
    return { next };
  };
  return { iterator, size: Number.NaN };
}
