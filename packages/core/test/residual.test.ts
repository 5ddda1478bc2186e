import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';

import * as tf from '@tensorflow/tfjs-core';
import { read } from '../src/autodiff/read';
import type { Probed } from '../src/conditioners/probed-net';
import { seriesLogDet } from '../src/engines/residual-log-det';
import { blockInverse } from '../src/matrices/block-inverse';
import { contracted } from '../src/matrices/spectral';
import { normal, shakenBy } from './shaken';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

const shaken = (b: core.Bijection, shape: readonly number[]) => shakenBy(0.7, b, shape);

const mean = (v: readonly number[]) => v.reduce((sum, u) => sum + u, 0) / v.length;

/** The largest singular value of a convolution on a line or an image, by iteration with vectors. */
async function normOf(W: tf.Tensor, space: readonly number[]): Promise<number> {
  const x = [1, ...space, W.shape.at(-2)!];
  let v = normal(x, 3) as tf.Tensor4D;
  for (let k = 0; k < 200; k++) {
    const there = tf.conv2d(v, W as tf.Tensor4D, 1, 'same');
    v = tf.conv2dTranspose(there, W as tf.Tensor4D, x as [number, number, number, number], 1, 'same');
    v = tf.div(v, tf.norm(v));
  }
  const [norm = 0] = await tf.norm(tf.conv2d(v, W as tf.Tensor4D, 1, 'same')).data();
  return norm;
}

describe('a contracted kernel', () => {
  test.each([
    { kernel: [3, 3, 4, 6], space: [12, 12] },
    { kernel: [3, 3, 5, 2], space: [1, 9] },
    { kernel: [5, 5, 2, 3], space: [12, 12] },
    { kernel: [1, 1, 7, 7], space: [2, 2] },
  ])('$kernel has a norm below the bound, and not far below', async ({ kernel, space }) => {
    const W = tf.mul(30, normal(kernel, 5));
    const norm = await normOf(contracted(W, 0.8).kernel(), space);
    expect(norm).toBeLessThan(0.8);
    expect(norm).toBeGreaterThan(space.includes(1) ? 0.3 : 0.6);
  });

  test('of zeros stays 0', async () => {
    const W = tf.zeros([3, 3, 2, 2]);
    const [values] = await read(() => {
      const { kernel, pullback } = contracted(W, 0.8);
      return [tf.stack([kernel(), tf.mul(0, pullback(tf.ones(W.shape)))])];
    });
    expect(values.every((v) => v === 0)).toBe(true);
  });
});

describe('the series', () => {
  const shape = [3];
  test.each([1, 2, 4])('is right in the mean over its draws, %d terms always there', async (terms) => {
    const J = tf.tensor2d([
      [-0.7, 0.2, 0],
      [0, -0.6, 0.1],
      [0, 0, -0.8],
    ]);
    const push = (p: tf.Tensor) => tf.matMul(p as tf.Tensor2D, tf.transpose(J));
    const x = tf.zeros([16, 3]);
    const [[truth = Number.NaN]] = await read(() => [
      blockInverse(tf.expandDims(tf.add(tf.eye(3), J))).logDet,
    ]);
    // Samples of a draw share the number of its terms: what is independent is the mean of each draw.
    const means: number[] = [];
    for (let seed = 0; seed < 1000; seed++) {
      const series = seriesLogDet({ terms, chance: 0.72, seed });
      const [l] = await read(() => [series({ push } as Probed, x).value()]);
      means.push(mean(l));
    }
    const centre = mean(means);
    const deviation = Math.sqrt(mean(means.map((l) => (l - centre) ** 2)));
    expect(Math.abs(centre - truth)).toBeLessThan((4 * deviation) / Math.sqrt(means.length));
    expect((4 * deviation) / Math.sqrt(means.length)).toBeLessThan(0.2);
  });

  test('is drawn anew in each step of training, and not by who evaluates', async () => {
    const b = core.contractiveResidual({ coefficient: 0.8, hidden: 8, logDet: 'series' });
    const w = shaken(b, shape);
    const x = normal([4, ...shape], 2);
    const at = async (map: core.Bijection) => (await read(() => [map.forward(x, w).logDet]))[0];
    expect(await at(b)).toEqual(await at(b));
    expect(await at(b.training(1))).toEqual(await at(b.training(1)));
    expect(await at(b.training(1))).not.toEqual(await at(b.training(2)));
  });
});

test('an inverse that is not there within its tolerance is refused, with the step that it made', () => {
  const b = core.contractiveResidual({ coefficient: 0.9, hidden: 8, tolerance: 1e-12 });
  const w = shaken(b, [6]);
  expect(() => b.inverse(normal([50, 6], 3), w)).toThrow(/a step within 1e-12 after 306 iterations, got \d/);
});

test('a fresh block is the identity', async () => {
  const b = core.contractiveResidual();
  const [x, y, logDet] = await read(() => {
    const x = normal([5, 4], 1);
    const { y, logDet } = b.forward(x, core.createWeights(b, [1, 4]));
    return [x, y, logDet];
  });
  expect(y).toEqual(x);
  expect(Math.max(...logDet.map(Math.abs))).toBe(0);
});
