import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';

const inputShape = [4, 4, 2];
const images = (n: number) => tf.randomNormal([n, ...inputShape], 1, 2, 'float32', 3);

function flow(): tfl.Sequential {
  const model = tfl.sequential();
  model.add(inn.squeeze({ inputShape }));
  for (let k = 0; k < 2; k++) {
    model.add(inn.actNorm());
    model.add(inn.conv1x1({ seed: k }));
    model.add(inn.affineCoupling({ hidden: 8, flip: k === 1, seed: k }));
  }
  model.add(inn.gaussianLikelihood());
  model.compile({ optimizer: 'adam', loss: inn.nll });
  return model;
}

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    registerKernels();
    await tf.setBackend(backend);
  });

  test('a flow trains under fit, and fit, evaluate and the mean prediction agree', async () => {
    const model = flow();
    const x = images(16);
    const none = tf.zeros([16, 1]);
    const { history } = await model.fit(x, none, { epochs: 8, batchSize: 16, verbose: 0, shuffle: false });
    const losses = history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    const evaluated = (model.evaluate(x, none) as tf.Scalar).dataSync()[0]!;
    const predicted = tf.mean(model.predict(x) as tf.Tensor).dataSync()[0]!;
    expect(Math.abs(evaluated - predicted)).toBeLessThan(1e-4 * Math.abs(predicted));
  });

  test('the latent goes back to the input after training', async () => {
    const model = flow();
    const x = images(8);
    await model.fit(x, tf.zeros([8, 1]), { epochs: 3, verbose: 0 });
    const { z, logDet } = inn.flowForward(model, x);
    const back = inn.flowInverse(model, z);
    expect(tf.max(tf.abs(tf.sub(back.x, x))).dataSync()[0]!).toBeLessThan(1e-5 * 8);
    expect(tf.max(tf.abs(tf.add(back.logDet, logDet))).dataSync()[0]!).toBeLessThan(1e-3);
  });

  test('no tensor stays after a training step', async () => {
    const model = flow();
    const [x, none] = [images(8), tf.zeros([8, 1])];
    await model.trainOnBatch(x, none);
    const before = tf.memory();
    for (let k = 0; k < 5; k++) await model.trainOnBatch(x, none);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('saving and loading gives the same outputs, and ActNorm is not set again', async () => {
    const model = flow();
    const x = images(8);
    await model.fit(x, tf.zeros([8, 1]), { epochs: 2, verbose: 0 });
    const loaded = await reload(model);
    const a = (model.predict(x) as tf.Tensor).dataSync();
    expect(Array.from((loaded.predict(x) as tf.Tensor).dataSync())).toEqual(Array.from(a));
    const again = (loaded.apply(tf.mul(x, 3), { training: true }) as tf.Tensor).dataSync();
    expect(Array.from(again)).toEqual(Array.from((model.predict(tf.mul(x, 3)) as tf.Tensor).dataSync()));
  });
});

test('an intermediate output of a model is kept, and said so', async () => {
  await tf.setBackend('cpu');
  const input = tfl.input({ shape: [4] });
  const first = inn.additiveCoupling({ hidden: 4 });
  const second = inn.additiveCoupling({ hidden: 4 });
  const h = first.apply(input) as tfl.SymbolicTensor;
  const y = second.apply(h) as tfl.SymbolicTensor;
  expect(inn.describeMemory(tfl.model({ inputs: input, outputs: y })).map((e) => e.released)).toEqual([
    false,
    true,
  ]);
  const both = tfl.model({ inputs: input, outputs: [h, y] });
  both.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  expect(inn.describeMemory(both)[1]!.why).toMatch(/is an output of a model/);
  const x = tf.randomNormal([3, 4]);
  await expect(both.trainOnBatch(x, [x, x])).resolves.toBeDefined();
});

test('a layer without inverse before the likelihood head is named', async () => {
  const model = tfl.sequential();
  model.add(inn.additiveCoupling({ inputShape: [4] }));
  model.add(tfl.layers.dense({ units: 4, name: 'the_culprit' }));
  expect(() => model.add(inn.gaussianLikelihood())).toThrow(/the_culprit/);
});

test('an odd number of channels is refused where the layer is added', () => {
  expect(() => tfl.sequential().add(inn.affineCoupling({ inputShape: [5] }))).toThrow(
    /even number of channels/,
  );
});
