import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

function flow(): tfl.Sequential {
  const model = tfl.sequential();
  model.add(inn.actNorm({ inputShape: [4], name: `first_${flow.count}` }));
  for (let k = 0; k < 3; k++) {
    model.add(inn.affineCoupling({ hidden: 4, flip: k % 2 === 1, name: `coupling${k}_${flow.count}` }));
  }
  model.add(inn.gaussianLikelihood());
  model.compile({ optimizer: 'sgd', loss: inn.nll });
  flow.count++;
  return model;
}
flow.count = 0;

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

test('a healthy model has a row for every layer, rounding errors and no warning; nothing stays', async () => {
  const model = flow();
  const x = normal([8, 4], 1);
  await model.trainOnBatch(x, tf.zeros([8, 1]));
  const before = tf.memory().numTensors;
  const rows = await inn.measureDrift(model, x);
  expect(tf.memory().numTensors).toBe(before);
  expect(rows.map((r) => r.name)).toEqual(model.layers.slice(0, 4).map((l) => l.name));
  for (const { error, amplification, warning } of rows) {
    expect(error).toBeLessThan(1e-6);
    expect(amplification).toBeGreaterThan(0.5);
    expect(amplification).toBeLessThan(2);
    expect(warning).toBeNull();
  }
});

test('a scale near zero is named: its inverse magnifies, and so do the inputs before it', async () => {
  const model = flow();
  const [first, second] = model.layers as [tfl.layers.Layer, tfl.layers.Layer];
  second.setWeights(second.getWeights().map((w, i, all) => (i === all.length - 1 ? normal(w.shape, 5) : w)));
  const [, bias] = first.getWeights();
  first.setWeights([tf.tensor1d([0, 0, 0, -9]), bias!]);
  const rows = await inn.measureDrift(model, normal([8, 4], 1));
  expect(rows[0]!.amplification).toBeGreaterThan(100);
  expect(rows[0]!.warning).toMatch(/its inverse makes an error \d+ times larger/);
  expect(rows[2]!.warning).toBeNull();
  const strict = await inn.measureDrift(model, normal([8, 4], 1), { limit: 1e-9 });
  expect(strict[0]!.warning).toMatch(/its input is rebuilt with an error of/);
});

test('the monitor looks at every n-th step of fit, and leaves no tensor', async () => {
  const model = flow();
  const x = normal([32, 4], 1);
  const seen: number[] = [];
  const none = tf.zeros([32, 1]);
  const fit = () =>
    model.fit(x, none, {
      epochs: 2,
      batchSize: 8,
      verbose: 0,
      callbacks: inn.driftMonitor(model, {
        every: 3,
        onReport: (rows, step) => {
          expect(rows).toHaveLength(4);
          seen.push(step);
        },
      }),
    });
  await fit();
  expect(seen).toEqual([0, 3, 6]);
  const before = tf.memory().numTensors;
  await fit();
  expect(tf.memory().numTensors).toBe(before);
});
