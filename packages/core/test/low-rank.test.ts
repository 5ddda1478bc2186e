import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { undoPlusTanh } from '../src/engines/plus-tanh';

test.each([-0.95, -0.5, 0, 1, 30, 1e4])('t + c tanh t = k is solved to rounding, c = %d', (c) => {
  const k = Float32Array.from({ length: 401 }, (_, i) => (i - 200) * 0.01 * (1 + Math.abs(c)));
  const t = undoPlusTanh(tf.tensor1d(k), tf.scalar(c)).dataSync();
  // In float64: what float32 rounds t and k by.
  const worst = Math.max(
    ...Array.from(t, (v, i) => Math.abs(v + c * Math.tanh(v) - k[i]!) / (1 + Math.abs(c) + Math.abs(k[i]!))),
  );
  expect(worst).toBeLessThan(2 ** -22);
});

test.each<[string, () => core.Bijection]>([
  ['planar', () => core.planar()],
  ['sylvester', () => core.sylvester({ hidden: 3 })],
])('%s is undone for any weights, and its log-det is finite', (_, make) => {
  const b = make();
  const x = tf.randomNormal([64, 4], 0, 3, 'float32', 1);
  for (const size of [1, 5]) {
    const specs = b.weights([1, 4]);
    const w = Object.fromEntries(
      specs.map(({ name, shape }, i) => [name, tf.randomNormal([...shape], 0, size, 'float32', i + 2)]),
    );
    const { y, logDet } = b.forward(x, w);
    const off = tf.max(tf.abs(tf.sub(b.inverse(y, w).x, x))).dataSync()[0]!;
    // Slopes of 0.05 and more amplify what rounding leaves of numbers of about 100.
    expect(off).toBeLessThan((20 * 100) / 2 ** 23);
    expect(logDet.dataSync().every(Number.isFinite)).toBe(true);
  }
});

test('fresh layers are the identity; more units than channels are refused', () => {
  const x = tf.randomNormal([5, 3], 0, 1, 'float32', 1);
  for (const b of [core.planar(), core.sylvester()]) {
    const { y, logDet } = b.forward(x, core.createWeights(b, [1, 3], { seed: 1 }));
    // m(0) = 0 up to the rounding of a softplus.
    expect(tf.max(tf.abs(tf.sub(y, x))).dataSync()[0]).toBeLessThan(1e-6);
    expect(tf.max(tf.abs(logDet)).dataSync()[0]).toBeLessThan(1e-6);
  }
  expect(() => core.sylvester({ hidden: 4 }).weights([1, 3])).toThrow(/4 channels or more.*Take hidden 3/);
});
