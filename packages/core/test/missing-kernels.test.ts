import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

// Without registerKernels, in this file alone.
beforeAll(async () => {
  await tf.setBackend('wasm');
});

const hint = /^wasm: expected the kernel \w+, got none\. Call registerKernels\(\) of @invertible\/core/;

test.each<[string, () => core.Bijection]>([
  ['our convolutions', () => core.affineCoupling({ hidden: 4, kernel: 3 })],
])('the gradient of %s names what to call', (_, make) => {
  const b = make();
  const x = tf.randomNormal([2, 4, 4, 2], 0, 1, 'float32', 1);
  const w = core.createWeights(b, x.shape);
  const before = tf.memory().numTensors;
  const loss = (t: tf.Tensor) => tf.sum(core.reversible(b)(t, w).y);
  expect(() => tf.tidy(() => tf.grad(loss)(x))).toThrow(hint);
  expect(() => core.tidy(() => b.pullback(x, x, tf.ones([2]), w))).toThrow(hint);
  expect(tf.memory().numTensors).toBe(before);
});

test('so does that of ops on a nested tape', () => {
  const x = tf.randomNormal<tf.Rank.R4>([1, 4, 4, 2], 0, 1, 'float32', 1);
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 2, 2], 0, 1, 'float32', 2);
  const { y, pullback } = core.record(() => tf.conv2d(x, filter, 1, 'same'));
  expect(() => pullback(y, [filter])).toThrow(hint);
});
