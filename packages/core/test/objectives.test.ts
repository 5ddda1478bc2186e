import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const largest = (t: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(t)).dataSync()[0]!);
const numbers = (t: tf.Tensor) => Array.from(t.dataSync());

test('meanSquaredError is half the squared distance over the batch', () => {
  const [x, y] = [
    tf.tensor2d([
      [1, 2],
      [3, 5],
    ]),
    tf.tensor2d([
      [0, 2],
      [1, 1],
    ]),
  ];
  const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => core.meanSquaredError(t, y))(x);
  // (1 + 0 + 4 + 16) / (2 · 2)
  expect(numbers(value)).toEqual([5.25]);
  expect(numbers(grad)).toEqual([0.5, 0, 1, 2]);
});

test('negativeLogLikelihood holds the constants and the log-det', () => {
  const y = tf.tensor2d([[1, 2]]);
  const logDet = tf.tensor1d([0.25]);
  const expected = 2.5 + Math.log(2 * Math.PI) - 0.25;
  expect(core.negativeLogLikelihood({ y, logDet }).dataSync()[0]).toBeCloseTo(expected, 6);
  const base = core.diagonalNormal();
  const w = { 'flow/bias': tf.tensor1d([1, 2]), 'flow/logScale': tf.tensor1d([0.5, 0]) };
  const shifted = Math.log(2 * Math.PI) + 0.5 - 0.25;
  expect(core.negativeLogLikelihood({ y, logDet }, { base, w }).dataSync()[0]).toBeCloseTo(shifted, 6);
});

test('bitsPerDim of bytes that are uniform is 8, and without levels nats become bits', () => {
  expect(core.bitsPerDim(0, 784)).toBe(8);
  expect(core.bitsPerDim(10 * Math.LN2, 10, { levels: 1 })).toBeCloseTo(1, 12);
  const bits = core.bitsPerDim(tf.tensor1d([0, -24 * Math.LN2]), 12, { levels: 32 });
  expect(numbers(bits)).toEqual([5, 3]);
  expect(() => core.bitsPerDim(1, 2, { levels: 0 })).toThrow(/levels to be a whole number from 1, got 0/);
});

describe('crossEntropyAt', () => {
  const labels = [
    { at: [1, 2, 0], class: 2 },
    { at: [0, 1, 3], class: 0 },
  ];
  const logits = () => normal([2, 3, 4, 3], 5);

  test('is the mean of −log softmax at the places, whatever the logits are elsewhere', () => {
    const all = logits().arraySync() as number[][][][];
    const expected = labels.map(({ at: [b, y, x], class: own }) => {
      const row = all[b!]![y!]![x!]!;
      return Math.log(row.reduce((sum, l) => sum + Math.exp(l), 0)) - row[own]!;
    });
    const value = numbers(core.crossEntropyAt(labels)(logits()))[0]!;
    expect(value).toBeCloseTo((expected[0]! + expected[1]!) / 2, 6);
  });

  test('its gradient is (softmax − class)/n at the places and 0 elsewhere', () => {
    const gradient = tf.grad((t: tf.Tensor) => core.crossEntropyAt(labels)(t))(logits());
    const expected = tf.tidy(() => {
      const p = tf.softmax(logits()).arraySync() as number[][][][];
      const d = tf.buffer([2, 3, 4, 3]);
      for (const {
        at: [b, y, x],
        class: own,
      } of labels) {
        for (let c = 0; c < 3; c++) d.set((p[b!]![y!]![x!]![c]! - Number(c === own)) / 2, b!, y!, x!, c);
      }
      return d.toTensor();
    });
    expect(largest(tf.sub(gradient, expected))).toBeLessThan(1e-7);
  });

  test('places and classes that are not there are refused', () => {
    const at = (place: number[], own: number) => () =>
      core.crossEntropyAt([{ at: place, class: own }])(logits());
    expect(at([2, 0, 0], 0)).toThrow(
      /a place in \[2, 3, 4\] and one of 3 classes, got \[2, 0, 0\] of class 0/,
    );
    expect(at([0, 0], 0)).toThrow(core.InvertibleError);
    expect(at([0, 0, 0], 3)).toThrow(core.InvertibleError);
    expect(at([0, 0.5, 0], 1)).toThrow(core.InvertibleError);
    expect(() => core.crossEntropyAt([])).toThrow(core.InvertibleError);
  });
});

test('intersectionOverUnion counts pixels that are not 0, of both and of either', () => {
  const [a, b] = [
    tf.tensor2d([
      [1, 1, 0],
      [0, 1, 0],
    ]),
    tf.tensor2d([
      [1, 0, 0],
      [1, 2, 0],
    ]),
  ];
  expect(numbers(core.intersectionOverUnion(a, b))).toEqual([0.5]);
  const where = tf.tensor2d([
    [1, 0, 1],
    [1, 1, 1],
  ]);
  expect(numbers(core.intersectionOverUnion(a, b, { where }))[0]).toBeCloseTo(2 / 3, 7);
  expect(numbers(core.intersectionOverUnion(tf.zeros([2, 3]), tf.zeros([2, 3])))).toEqual([1]);
  expect(numbers(core.intersectionOverUnion(a, tf.zeros([2, 3])))).toEqual([0]);
});
