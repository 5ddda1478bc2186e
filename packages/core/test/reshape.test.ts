import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

test('the numbers of a sample stay in their order', () => {
  const x = tf.reshape(tf.range(0, 24), [2, 2, 3, 2]);
  const { y } = core.flatten().forward(x, {});
  expect(y.shape).toEqual([2, 12]);
  expect(Array.from(y.dataSync())).toEqual(Array.from(x.dataSync()));
  expect(core.reshape({ to: [4, 3] }).forward(x, {}).y.shape).toEqual([2, 4, 3]);
});

test('the way back needs the shape of x, which the shape of x completes', () => {
  expect(() => core.flatten().inputShape([2, 12])).toThrow(/option from.*way back.*flatten/);
  expect(() => core.reshape({ to: [12] }).inputShape([2, 12])).toThrow(/reshape\(\{from/);
  const options = core.flatten.metadata.complete!({}, [7, 2, 3, 2]);
  expect(core.flatten(options).inputShape([2, 12])).toEqual([2, 2, 3, 2]);
  const both = core.reshape.metadata.complete!({ to: [4, 3] }, [7, 2, 3, 2]);
  expect(core.reshape(both).inputShape([2, 4, 3])).toEqual([2, 2, 3, 2]);
});

test('what does not fit is refused', () => {
  expect(() => core.reshape()).toThrow(/option to/);
  expect(() => core.reshape({ from: [5], to: [2, 3] })).toThrow(/one size, 5.*of 6/);
  expect(() => core.reshape({ to: [5] }).outputShape([2, 2, 3])).toThrow(/for \[5\]/);
  expect(() => core.flatten({ from: [2, 3] }).outputShape([2, 3, 2])).toThrow(/\[2, 3\]/);
  expect(() => core.flatten({ from: [2, 3] }).inputShape([2, 7])).toThrow(/samples of shape \[6\]/);
});
