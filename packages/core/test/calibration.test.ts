import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const normal = (shape: number[], seed: number, deviation = 1) =>
  tf.randomNormal(shape, 0, deviation, 'float32', seed);
const numbers = (t: tf.Tensor) => Array.from(t.dataSync());

test('a rank is the number of draws below', () => {
  const draws = tf.tensor3d([
    [
      [1, 9],
      [2, 8],
      [3, 7],
    ],
    [
      [0, 0],
      [0, 0],
      [5, 5],
    ],
  ]);
  const x = tf.tensor2d([
    [2.5, 7.5],
    [-1, 6],
  ]);
  expect(numbers(core.ranks(draws, x))).toEqual([2, 1, 0, 3]);
});

test('every level is covered exactly where each rank comes once', () => {
  for (const draws of [1, 9, 38, 39]) {
    const each = Array.from({ length: draws + 1 }, (_, rank) => rank);
    for (const level of [0.5, 0.8, 0.95]) {
      expect(core.coverage(each, { draws, level })).toBeCloseTo(level, 12);
    }
  }
});

test('calibrated draws have uniform ranks; draws of half the deviation are found out', () => {
  const [pairs, draws, bins] = [2000, 39, 20];
  const of = (deviation: number) =>
    numbers(core.ranks(normal([pairs, draws], 1, deviation), normal([pairs], 2)));
  const [right, sure] = [of(1), of(0.5)];
  // 99.9 % of χ² with 19 degrees of freedom is below 43.8.
  expect(core.rankHistogram(right, { draws, bins }).chiSquare).toBeLessThan(43.8);
  expect(core.rankHistogram(sure, { draws, bins }).chiSquare).toBeGreaterThan(400);
  // Three deviations of a share of 2000; P(|N| < ½·1.2816) = 0.478.
  expect(Math.abs(core.coverage(right, { draws, level: 0.8 }) - 0.8)).toBeLessThan(0.027);
  expect(Math.abs(core.coverage(sure, { draws, level: 0.8 }) - 0.478)).toBeLessThan(0.05);
});

test('bins that do not divide the ranks, and ranks that cannot be, are refused', () => {
  expect(() => core.rankHistogram([0, 1], { draws: 9, bins: 3 })).toThrow(/divide the 10 ranks/);
  expect(() => core.coverage([0, 11], { draws: 9, level: 0.5 })).toThrow(/ranks from 0 to 9/);
  expect(() => core.ranks(tf.ones([2, 5, 3]), tf.ones([2, 4]))).toThrow(/\[2, 5, 3\] of \[2, 4\]/);
});

describe('crps', () => {
  test('is the distance from a single place', () => {
    expect(numbers(core.crps(tf.fill([2, 4], 3), tf.tensor1d([1, 7])))).toEqual([2, 4]);
  });

  test('is that of the closed form for a normal distribution', () => {
    // x (2Φ(x) − 1) + 2φ(x) − 1/√π at 0, 1 and −2: Gneiting & Raftery 2007, section 4.2.
    const x = [0, 1, -2];
    const closed = [0.233695, 0.602441, 1.452791];
    const draws = tf.tile(tf.expandDims(normal([20_000], 5), 0), [3, 1]);
    numbers(core.crps(draws, tf.tensor1d(x))).forEach((value, i) => {
      // Three deviations of a mean of 20,000.
      expect(Math.abs(value - (closed[i] ?? 0))).toBeLessThan(0.022);
    });
  });

  test('has a mean that does not depend on the number of draws', () => {
    const mean = (n: number) => numbers(tf.mean(core.crps(normal([40_000, n], 7), normal([40_000], 8))))[0];
    // E over x ~ N(0, 1) too: 1/√π.
    for (const n of [2, 5]) expect(Math.abs((mean(n) ?? 0) - 1 / Math.sqrt(Math.PI))).toBeLessThan(0.01);
  });
});
