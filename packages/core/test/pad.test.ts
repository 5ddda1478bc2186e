import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

test('zeros come after the end of each spatial axis, and the inverse crops them', () => {
  const b = core.pad({ size: [1, 3] });
  const { y, logDet } = b.forward(tf.tensor([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]), {});
  expect(y.shape).toEqual([1, 2, 4, 2]);
  expect(Array.from(y.dataSync())).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(Array.from(logDet.dataSync())).toEqual([0]);
  expect(Array.from(b.inverse(y, {}).x.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
});

test('sizes that fit already stay', () => {
  expect(core.pad({ multiple: 4 }).outputShape([2, 8, 5, 3])).toEqual([2, 8, 8, 3]);
  expect(core.pad({ to: [9, 9, 9] }).outputShape([2, 8, 9, 1, 3])).toEqual([2, 9, 9, 9, 3]);
});

test('the way back needs the size of x, which the shape of x completes', () => {
  expect(() => core.pad().inputShape([2, 4, 4, 1])).toThrow(/option size.*way back/);
  const options = core.pad.metadata.complete!({ multiple: 4 }, [2, 3, 6, 1]);
  expect(options).toEqual({ multiple: 4, size: [3, 6] });
  expect(core.pad(options).inputShape([2, 4, 8, 1])).toEqual([2, 3, 6, 1]);
});

test('what does not fit is refused', () => {
  expect(() => core.pad({ to: [4] }).outputShape([1, 5, 1])).toThrow(/at most \[4\].*\[1, 5, 1\]/);
  expect(() => core.pad().outputShape([1, 5])).toThrow(/1 to 3 spatial axes/);
  expect(() => core.pad({ size: [3] }).outputShape([1, 4, 1])).toThrow(/spatial sizes \[3\]/);
  expect(() => core.pad({ size: [3] }).inputShape([1, 6, 1])).toThrow(/spatial sizes \[4\]/);
  expect(() => core.pad({ multiple: 0 })).toThrow(/multiple to be a whole number from 1, got 0/);
  expect(() => core.pad({ multiple: 2, to: [4] })).toThrow(/or else to/);
});
