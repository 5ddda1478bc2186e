import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const far = () => tf.add(tf.mul(tf.randomNormal([64, 3], 0, 1, 'float32', 1), 5), 40);

test('weights are ready: a first batch leaves ActNorm with mean 0 and deviation 1, in the direction that is trained', () => {
  for (const direction of ['forward', 'inverse'] as const) {
    const b = core.actNorm();
    const x = far();
    const w = core.initialize(b, x, { direction });
    const out = direction === 'forward' ? b.forward(x, w).y : b.inverse(x, w).x;
    const { mean, variance } = tf.moments(out, 0);
    for (const m of mean.dataSync()) expect(m).toBeCloseTo(0, 4);
    for (const v of variance.dataSync()) expect(v).toBeCloseTo(1, 4);
  }
});

test('every ActNorm of a network sees the batch as those before it hand it on', () => {
  const flow = core.realNvp({ layers: 3, hidden: 4 });
  const x = far();
  const w = core.initialize(flow, x, { seed: 2 });
  const { variance } = tf.moments(flow.forward(x, w).y, 0);
  for (const v of variance.dataSync()) expect(v).toBeCloseTo(1, 3);
});

test('nothing is left behind, whether the weights can be made ready or not', () => {
  const flow = core.conditionalGlow({ shape: [4, 4, 2], steps: 1, hidden: 3 });
  const [x, condition] = [tf.randomNormal([4, 4, 4, 2]), tf.randomNormal([4, 2])];
  const before = tf.memory().numTensors;
  const w = core.initialize(flow, x, { condition });
  expect(tf.memory().numTensors - before).toBe(Object.keys(w).length);
  tf.dispose(w);
  expect(() => core.initialize(core.actNorm(), tf.ones([1, 3]))).toThrow(/first batch/);
  expect(() => core.initialize(flow, x)).toThrow(core.InvertibleError);
  expect(tf.memory().numTensors - before).toBe(1);
});
