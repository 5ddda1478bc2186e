import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

test('a turn is taken away where it is passed, on either side, and comes back', () => {
  const b = core.circularShift();
  const x = tf.tensor2d([
    [3, -3],
    [-1, 1],
  ]);
  const w = { shift: tf.tensor1d([1, -2 * Math.PI - 1]) };
  const { y, logDet } = b.forward(x, w);
  const expected = [4 - 2 * Math.PI, 2 * Math.PI - 4, 0, 0];
  expect(Array.from(y.dataSync())).toEqual(expected.map((v) => expect.closeTo(v, 5)));
  expect(Array.from(logDet.dataSync())).toEqual([0, 0]);
  expect(Array.from(b.inverse(y, w).x.dataSync())).toEqual([3, -3, -1, 1].map((v) => expect.closeTo(v, 5)));
});

test('what is no angle is refused, and lists are for as many channels', () => {
  const w = { shift: tf.zeros([2]) };
  expect(() => core.circularShift().forward(tf.tensor2d([[0, 4]]), w)).toThrow(/numbers within/);
  const two = core.circularShift({
    bounds: [
      [0, 1],
      [-1, 1],
    ],
  });
  expect(() => two.outputShape([1, 3])).toThrow(/2 channels, one for each number/);
});
