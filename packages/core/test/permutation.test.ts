import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import { peakBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const ofRange = (b: core.Bijection, n: number) =>
  tf.tidy(() => Array.from(b.forward(tf.reshape(tf.range(0, n), [1, n]), {}).y.dataSync()));

test('y[i] is x[order[i]], and the reverse order is its own inverse', () => {
  expect(ofRange(core.permutation({ order: [2, 0, 3, 1] }), 4)).toEqual([2, 0, 3, 1]);
  expect(ofRange(core.reverseChannels(), 5)).toEqual([4, 3, 2, 1, 0]);
});

test('a random order is told by the seed and is one for each number of channels', () => {
  const b = core.permutation({ seed: 8 });
  expect(ofRange(b, 16)).toEqual(ofRange(core.permutation({ seed: 8 }), 16));
  expect(ofRange(b, 16)).not.toEqual(ofRange(core.permutation({ seed: 9 }), 16));
  expect([...ofRange(b, 6)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each([[[0, 0, 1]], [[1, 2, 3]], [[0.5, 0]], [[]]])('order %j is refused', (order) => {
  expect(() => core.permutation({ order })).toThrow(/each of 0 … n−1 once/);
});

test('a shape of another number of channels is refused', () => {
  expect(() => core.permutation({ order: [1, 0] }).outputShape([1, 3])).toThrow(/2 channels.*\[1, 3\]/);
});

test('100,000 features are gathered: memory is that of the data, not of a matrix', async () => {
  const n = 100_000;
  const b = core.permutation({ seed: 3 });
  const x = tf.reshape(tf.range(0, 2 * n), [2, n]);
  const { y } = b.forward(x, {});
  expect(Array.from(b.inverse(y, {}).x.dataSync())).toEqual(Array.from(x.dataSync()));
  expect(Array.from(y.dataSync())).not.toEqual(Array.from(x.dataSync()));
  const pulled = await peakBytes(() => b.pullback(y, x, tf.zeros([2]), {}));
  expect(pulled.peakBytes).toBeLessThan(10 * 4 * 2 * n);
});

test.each([64, 65])('%i channels: by a matrix or gathered, the same', (n) => {
  const order = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
  const x = tf.randomNormal([3, 2, n], 0, 1, 'float32', 5);
  const { y } = core.permutation({ order }).forward(x, {});
  const [from, to] = [x, y].map((t) => t.arraySync() as number[][][]);
  for (const [i, k] of order.entries()) expect(to?.[1]?.[1]?.[i]).toBe(from?.[1]?.[1]?.[k]);
});
