import '@tensorflow/tfjs-backend-cpu';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

beforeAll(() => tf.setBackend('cpu'));

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adam: () => tf.train.adam(0.1),
  rmsprop: () => tf.train.rmsprop(0.1),
};

function model(optimizer: tf.Optimizer): tfl.Sequential {
  const kernelInitializer = tfl.initializers.glorotNormal({ seed: 1 });
  const dense = (units: number) =>
    tfl.layers.dense({ units, activation: 'tanh', kernelInitializer, inputShape: [3] });
  const made = tfl.sequential({ layers: [dense(4), dense(1)] });
  made.compile({ optimizer, loss: 'meanSquaredError' });
  return made;
}

test.each(Object.entries(optimizers))('%s: four batches of 2 are one of 8, to rounding', async (_, make) => {
  const [x, y] = [normal([16, 3], 1), normal([16, 1], 2)];
  const fit = async (optimizer: tf.Optimizer, batchSize: number) => {
    const made = model(optimizer);
    await made.fit(x, y, { epochs: 3, batchSize, shuffle: false, verbose: 0 });
    return made.getWeights().flatMap(values);
  };
  const large = await fit(make(), 8);
  const small = await fit(inn.accumulate(make(), 4), 2);
  for (const [i, w] of small.entries()) expect(w).toBeCloseTo(large[i]!, 4);
  const other = await fit(make(), 2);
  expect(Math.max(...other.map((w, i) => Math.abs(w - large[i]!)))).toBeGreaterThan(1e-3);
});

test('a loop of minimize updates on every third batch, and leaves nothing behind', () => {
  const w = tf.variable(tf.scalar(0));
  const optimizer = inn.accumulate(tf.train.sgd(1), 3);
  const seen = [1, 2, 6, 1, 1].map((target) => {
    optimizer.minimize(() => tf.mul(tf.sub(w, target), tf.sub(w, target)) as tf.Scalar);
    return values(w)[0];
  });
  // The mean of 2(w − target) at w = 0 is −6.
  expect(seen).toEqual([0, 0, 6, 6, 6]);
  const waiting = tf.memory().numTensors;
  optimizer.minimize(() => tf.square(w) as tf.Scalar);
  expect(tf.memory().numTensors).toBe(waiting - 1);
  optimizer.minimize(() => tf.square(w) as tf.Scalar);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBeLessThan(waiting);
});

test('senseless numbers of batches, and what is no optimizer, are refused', () => {
  for (const batches of [0, -1, 1.5, Number.NaN, '2', undefined])
    expect(() => inn.accumulate(tf.train.sgd(1), batches as number)).toThrow(/accumulate: expected/);
  expect(() => inn.accumulate(undefined as unknown as tf.Optimizer, 2)).toThrow(/an optimizer/);
});
