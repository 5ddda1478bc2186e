import { refuse, tidy } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { type Digits, pixels } from '../mnist/data';
import { levelsOf } from './data';
import type { IntegerFlow } from './flow';
import { frequencies, type Levels, read, step } from './logistics';
import { decoder, encode, type Interval } from './rans';

/** Digits that go through the networks at a time. */
const batch = 100;

export interface Compressed {
  count: number;
  /** The ends of the levels that the values of each part have; two bytes each, in a file. */
  ranges: Levels[];
  bytes: Uint8Array;
}

/** Bytes of the whole file. */
export const sizeOf = ({ ranges, bytes }: Compressed): number => 4 + 4 * ranges.length + bytes.length;

/** Values as whole grey levels. */
const whole = (z: Float32Array) => z.map((v) => Math.round(v / step));

/** Digits that went through the flow. */
interface Passed {
  rows: number;
  parts: { levels: Float32Array; known: tf.Tensor | undefined }[];
}

async function pass(flow: IntegerFlow, digits: Digits, from: number): Promise<Passed> {
  const x = levelsOf(digits, from, batch);
  const parts = tidy(() => flow.parts(x));
  x.dispose();
  const read = parts.map(async ({ z, known }) => ({ levels: whole(await floatsOf(z)), known }));
  return { rows: x.shape[0], parts: await Promise.all(read) };
}

/** The ends of what the values of part i are. */
function rangeOf(all: readonly Passed[], i: number): Levels {
  const range = { least: 0, most: 0 };
  for (const { parts } of all) {
    for (const level of parts[i]?.levels ?? []) {
      range.least = Math.min(range.least, level);
      range.most = Math.max(range.most, level);
    }
  }
  return range;
}

/** The digits as one number by rANS, under the priors of the flow. */
export async function compress(flow: IntegerFlow, digits: Digits): Promise<Compressed> {
  const all: Passed[] = [];
  for (let from = 0; from < digits.count; from += batch) all.push(await pass(flow, digits, from));
  const ranges = (all[0]?.parts ?? []).map((_, i) => rangeOf(all, i));
  const symbols: Interval[] = [];
  for (const { rows, parts } of all) {
    for (const [i, range] of [...ranges.entries()].reverse()) {
      const { levels = [], known } = parts[i] ?? {};
      const mixture = await read(tidy(() => flow.mixture(i, known, rows)));
      known?.dispose();
      for (const [k, level] of levels.entries()) {
        symbols.push(frequencies(mixture, k, range).interval(level));
      }
    }
  }
  return { count: digits.count, ranges, bytes: encode(symbols) };
}

/** The digits again, bit for bit. */
export async function decompress(
  flow: IntegerFlow,
  { count, ranges, bytes }: Compressed,
): Promise<Pick<Digits, 'count' | 'bytes'>> {
  const out = new Uint8Array(count * pixels);
  const { next, isDone } = decoder(bytes);
  for (let from = 0; from < count; from += batch) {
    const rows = Math.min(batch, count - from);
    const x = await flow.rebuild(async (i, known, shape) => {
      const mixture = await read(tidy(() => flow.mixture(i, known, rows)));
      const range = ranges[i] ?? { least: 0, most: 0 };
      const values = Float32Array.from(
        { length: rows * shape.reduce((n, size) => n * size, 1) },
        (_, k) => next(frequencies(mixture, k, range).find).level * step,
      );
      return tf.tensor(values, [rows, ...shape]);
    });
    out.set(whole(await floatsOf(x)), from * pixels);
  }
  if (!isDone()) refuse('decompress', 'all bytes to be read', 'some left', 'The file is of another flow.');
  return { count, bytes: out };
}
