import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
/** Images of 2 channels of means 300 and −1, deviations 20 and 0.01. */
const images = () => tf.add(tf.mul(tf.randomNormal([9, 3, 3, 2], 0, 1, 'float32', 5), [20, 0.01]), [300, -1]);
const moments = (t: tf.Tensor) => {
  const { mean, variance } = tf.moments(tf.reshape(t, [-1, 2]), 0);
  return { mean: numbers(mean), variance: numbers(variance) };
};

test.each(['forward', 'inverse'] as const)('trained %s, data sets mean 0 and deviation 1', (direction) => {
  const b = core.standardize();
  const w = core.initialize(b, images(), { direction });
  const out = direction === 'forward' ? b.forward(images(), w).y : b.inverse(images(), w).x;
  const { mean, variance } = moments(out);
  for (const m of mean) expect(m).toBeCloseTo(0, 3);
  for (const v of variance) expect(v).toBeCloseTo(1, 3);
});

test('the log-determinant counts every pixel', () => {
  const b = core.standardize({ mean: [300, -1], deviation: [20, 0.01] });
  const x = images();
  const w = core.initialize(b, x);
  const { y, logDet } = b.forward(x, w);
  for (const l of numbers(logDet)) expect(l).toBeCloseTo(-9 * (Math.log(20) + Math.log(0.01)), 4);
  const expected = numbers(tf.div(tf.sub(x, [300, -1]), [20, 0.01]));
  for (const [i, v] of numbers(y).entries()) expect(Math.abs(v - expected[i]!)).toBeLessThan(1e-4);
});

test.each<[core.StandardizeOptions, number, number]>([
  [{ mean: 2, deviation: 4 }, 2, 4],
  [{ mean: [2], deviation: [4] }, 2, 4],
  [{ mean: 2 }, 2, 10],
  [{ deviation: 4 }, 20, 4],
  [{}, 20, 10],
])('%j: what is given stays, the rest is set by data', (options, mean, deviation) => {
  const x = tf.tensor2d([[10], [30], [10], [30], [10], [30], [10], [30]]);
  const w = core.initialize(core.standardize(options), x);
  expect(numbers(w.mean!)).toEqual([mean]);
  expect(numbers(w.logDeviation!)[0]).toBeCloseTo(Math.log(deviation), 5);
});

test('given numbers need no batch, and the others a batch of two', () => {
  const one = tf.tensor2d([[5]]);
  const b = core.standardize({ mean: 1, deviation: 2 });
  expect(numbers(b.forward(one, core.initialize(b, one)).y)).toEqual([2]);
  expect(() => core.initialize(core.standardize({ mean: 1 }), one)).toThrow(/at least 2 values per channel/);
});

test('no optimizer moves it', () => {
  expect(
    core
      .standardize()
      .weights([1, 3])
      .map(({ trainable }) => trainable),
  ).toEqual([false, false]);
});

test.each<[core.StandardizeOptions, RegExp]>([
  [{ deviation: 0 }, /deviation to be a number from/],
  [{ deviation: [1, -2] }, /deviation/],
  [{ mean: [1, Number.NaN] }, /mean/],
])('%j is refused', (options, message) => {
  expect(() => core.standardize(options)).toThrow(message);
});

test('numbers for other channels are refused', () => {
  const b = core.standardize({ mean: [1, 2, 3] });
  expect(() => core.initialize(b, tf.ones([8, 2]))).toThrow(/standardize: expected 3 channels/);
});
