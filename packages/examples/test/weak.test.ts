import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import { brainOf } from '../src/weak/brain-mask';
import { drawPoints } from '../src/weak/points';
import { supervisions } from '../src/weak/supervision';

beforeAll(() => tf.setBackend('cpu'));

/** A slice of so many voxels along each side, 1 where `inside` says so. */
const slice = (side: number, inside: (y: number, x: number) => boolean): tf.Tensor4D =>
  tf.tensor4d(
    Array.from({ length: side ** 2 }, (_, i) => Number(inside(Math.floor(i / side), i % side))),
    [1, side, side, 1],
  );

test('the brain is what grey matter encloses, small gaps in it closed and large ones not', () => {
  const distance = (y: number, x: number) => Math.max(Math.abs(y - 12), Math.abs(x - 12));
  const ringWith = (gap: number) =>
    slice(25, (y, x) => distance(y, x) <= 8 && distance(y, x) >= 6 && !(y < 12 && x >= 12 && x < 12 + gap));
  const area = (gap: number) => tf.tidy(() => tf.sum(brainOf(ringWith(gap))).dataSync()[0]);
  expect([area(0), area(4)]).toEqual([17 ** 2, 17 ** 2]);
  expect(area(6)).toBeLessThan(17 ** 2 - 100);
});

test('points are so many in each slice, inside, and those of their seed', () => {
  const mask = Float32Array.from({ length: 200 }, (_, i) => i % 2);
  const draw = (seed: number) => drawPoints(mask, { slices: 2, count: 5, seed });
  const points = draw(1);
  for (const half of [points.subarray(0, 100), points.subarray(100)]) {
    expect(half.reduce((sum, v) => sum + v, 0)).toBe(5);
  }
  expect(points.every((v, i) => v <= mask[i]!)).toBe(true);
  expect(draw(1)).toEqual(points);
  expect(draw(2)).not.toEqual(points);
});

test('the truth is in all sets; everything as brain is in those of the labels alone', () => {
  const truth = slice(20, (y, x) => y > 4 && y < 15 && x > 4 && x < 15);
  const points = slice(20, (y, x) => y === 7 && x === 9);
  const scene = { input: truth, truth, points, area: { least: [0.2], most: [0.3] } };
  const loss = (way: keyof typeof supervisions, y: tf.Tensor4D) => supervisions[way](scene)(y).dataSync()[0];
  expect([loss('labels', truth), loss('sets', truth)]).toEqual([0, 0]);
  const all = tf.onesLike(truth);
  expect(loss('labels', all)).toBe(0);
  expect(loss('unlabelled', all)).toBe(0.5);
  // 70 % of the voxels come down from 1 to 0.25, half the square each.
  expect(loss('sets', all)).toBeCloseTo((0.7 * 0.75 ** 2) / 2, 5);
  expect(loss('sets', tf.sub(1, truth))).toBeGreaterThan(0.5);
});
