import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { filters, type Wavelet } from '../src/tensors/wavelets';

interface Golden {
  wavelet: Wavelet;
  shape: number[];
  x: number[];
  to: number[];
  y: number[];
}
const golden = JSON.parse(readFileSync(join(__dirname, 'wavelets.json'), 'utf8')) as Golden[];
const names = Object.keys(filters) as Wavelet[];

beforeAll(() => tf.setBackend('cpu'));

test.each(names)('%s is orthogonal to its even shifts, and its sum is √2', (name) => {
  const h: readonly number[] = filters[name];
  for (let k = 0; k < h.length / 2; k++) {
    const product = h.reduce((sum, v, n) => sum + v * (h[n + 2 * k] ?? 0), 0);
    expect(Math.abs(product - (k === 0 ? 1 : 0))).toBeLessThan(1e-11);
  }
  expect(Math.abs(h.reduce((sum, v) => sum + v) - Math.SQRT2)).toBeLessThan(1e-14);
});

/** The formula of the docblock as a matrix [n, n], low rows above high ones, in float64. */
function matrix(h: readonly number[], n: number): number[][] {
  const K = h.length;
  const g = h.map((_, k) => (-1) ** k * h[K - 1 - k]!);
  return [h, g].flatMap((filter) =>
    Array.from({ length: n / 2 }, (_, i) => {
      const row = Array<number>(n).fill(0);
      filter.forEach((v, k) => {
        const at = (((2 * i + k + 1 - K / 2) % n) + n) % n;
        row[at] = row[at]! + v;
      });
      return row;
    }),
  );
}

describe.each(names)('%s', (wavelet) => {
  test.each([2, 4, 6, 32])('on a ring of %i is its formula, and its inverse the transpose', (n) => {
    const W = matrix(filters[wavelet], n);
    const b = core.waveletSqueeze({ wavelet });
    // The j-th sample is the j-th unit vector: y[j, i, band] is entry (band·n/2 + i, j) of the matrix.
    const { y } = b.forward(tf.reshape(tf.eye(n), [n, n, 1]), {});
    y.dataSync().forEach((v, k) => {
      const [j, i, band] = [Math.floor(k / n), (k % n) >> 1, k % 2];
      expect(Math.abs(v - W[(band * n) / 2 + i]![j]!)).toBeLessThan(1e-6);
    });
    const { x } = b.inverse(tf.reshape(tf.eye(n), [n, n / 2, 2]), {});
    x.dataSync().forEach((v, k) => {
      const [row, j] = [Math.floor(k / n), k % n];
      expect(Math.abs(v - W[((row % 2) * n) / 2 + (row >> 1)]![j]!)).toBeLessThan(1e-6);
    });
  });
});

test.each(golden)("$wavelet on $shape is PyWavelets' transform", ({ wavelet, shape, x, to, y }) => {
  const b = core.waveletSqueeze({ wavelet });
  const out = b.forward(tf.tensor(x, shape), {}).y;
  expect(out.shape).toEqual(to);
  const largest = Math.max(...y.map(Math.abs));
  out.dataSync().forEach((v, i) => {
    expect(Math.abs(v - y[i]!)).toBeLessThan(2e-6 * largest);
  });
});

test('a wavelet that does not exist is refused, with the list of those that do', () => {
  expect(() => core.waveletSqueeze({ wavelet: 'db11' as Wavelet })).toThrow(/db10.*coif5.*got "db11"/);
});
