import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { activationsOf } from './helpers';

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

function steps(depth: number): tfl.Sequential {
  const model = tfl.sequential();
  for (let k = 0; k < depth; k++) {
    model.add(inn.actNorm(k === 0 ? { inputShape: [4, 4, 4] } : {}));
    model.add(inn.conv1x1({ seed: k }));
    model.add(inn.affineCoupling({ hidden: 8, flip: k % 2 === 1, seed: k }));
  }
  model.add(inn.gaussianLikelihood());
  model.compile({ optimizer: 'adam', loss: inn.nll });
  return model;
}

test('depth 32 is inverted at the start and after 200 steps', async () => {
  const model = steps(32);
  const [x, none] = [normal([8, 4, 4, 4], 1), tf.zeros([8, 1])];
  const error = () => relativeError(inn.flowInverse(model, inn.flowForward(model, x).z).x, x);
  expect(await error()).toBeLessThan(1e-5);
  for (let k = 0; k < 200; k++) await model.trainOnBatch(normal([8, 4, 4, 4], 10 + k), none);
  expect(await error()).toBeLessThan(1e-5);
});

test('500 steps leave as many tensors and bytes as 5', async () => {
  const model = steps(2);
  const [x, none] = [normal([4, 4, 4, 4], 1), tf.zeros([4, 1])];
  for (let k = 0; k < 5; k++) await model.trainOnBatch(x, none);
  const { numTensors, numBytes } = tf.memory();
  for (let k = 0; k < 495; k++) await model.trainOnBatch(x, none);
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
});

/** Ordinary layers before and after couplings. */
function mixed(depth: number, gradient: 'reversible' | 'stored' = 'reversible'): tfl.Sequential {
  const model = tfl.sequential();
  const kernelInitializer = tfl.initializers.glorotUniform({ seed: 1 });
  model.add(
    tfl.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      inputShape: [6, 6, 2],
      kernelInitializer,
    }),
  );
  model.add(tfl.layers.batchNormalization());
  for (let k = 0; k < depth; k++) {
    model.add(inn.additiveCoupling({ hidden: 4, flip: k % 2 === 1, seed: k, gradient }));
  }
  model.add(tfl.layers.dropout({ rate: 0.2, seed: 1 }));
  model.add(tfl.layers.flatten());
  model.add(tfl.layers.dense({ units: 3, activation: 'softmax', kernelInitializer }));
  // No Adam: it turns the last bit of a gradient near zero into a whole step.
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

test('couplings between ordinary layers train like stored ones, with validation and early stopping', async () => {
  const x = normal([32, 6, 6, 2], 1);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 32 }, (_, i) => i % 3),
      'int32',
    ),
    3,
  );
  const losses: number[][] = [];
  for (const gradient of ['reversible', 'stored'] as const) {
    const { history } = await mixed(3, gradient).fit(x, y, {
      epochs: 6,
      batchSize: 8,
      shuffle: false,
      validationSplit: 0.25,
      callbacks: tfl.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 }),
      verbose: 0,
    });
    losses.push(history.val_loss as number[]);
  }
  expect(losses[0]!.length).toBe(losses[1]!.length);
  losses[0]!.forEach((loss, i) => {
    expect(Math.abs(loss - losses[1]![i]!)).toBeLessThan(1e-4);
  });
});

test('memory is flat with ordinary layers around, and in a nested model', async () => {
  const x = normal([4, 6, 6, 2], 1);
  const peak = (model: tfl.Sequential) => activationsOf(model, x);
  expect((await peak(mixed(24))) / (await peak(mixed(4)))).toBeLessThan(1.05);
  const nested = (depth: number) => {
    const inner = tfl.sequential();
    for (let k = 0; k < depth; k++) {
      inner.add(inn.additiveCoupling({ hidden: 4, seed: k, ...(k === 0 && { inputShape: [6, 6, 2] }) }));
    }
    return tfl.sequential({ layers: [inner, tfl.layers.globalAveragePooling2d({})] });
  };
  expect((await peak(nested(24))) / (await peak(nested(4)))).toBeLessThan(1.05);
});

test.each([0, 1])('seed %s gives the same weights twice', (seed) => {
  const make = () => {
    const layers = [inn.conv1x1({ seed, inputShape: [4] }), inn.affineCoupling({ seed })];
    return tfl
      .sequential({ layers })
      .getWeights()
      .map((w) => Array.from(w.dataSync()));
  };
  expect(make()).toEqual(make());
});

test('a frozen layer keeps its weights while its neighbours learn', async () => {
  const model = tfl.sequential();
  const frozen = inn.affineCoupling({ hidden: 4, inputShape: [4], seed: 1 });
  const free = inn.affineCoupling({ hidden: 4, flip: true, seed: 2 });
  frozen.trainable = false;
  model.add(frozen);
  model.add(free);
  model.add(inn.gaussianLikelihood());
  model.compile({ optimizer: tf.train.adam(0.1), loss: inn.nll });
  const read = (layer: tfl.layers.Layer) => layer.getWeights().map((w) => Array.from(w.dataSync()));
  const [a, b] = [read(frozen), read(free)];
  await model.fit(normal([8, 4], 1), tf.zeros([8, 1]), { epochs: 2, verbose: 0 });
  expect(read(frozen)).toEqual(a);
  expect(read(free)).not.toEqual(b);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a batch with %s is refused before it touches a weight',
  async (bad) => {
    const model = steps(1);
    const x = normal([4, 4, 4, 4], 1);
    await model.trainOnBatch(x, tf.zeros([4, 1]));
    const weights = model.getWeights().map((w) => Array.from(w.dataSync()));
    const before = tf.memory().numTensors;
    const batch = tf.fill([4, 4, 4, 4], bad);
    await expect(model.trainOnBatch(batch, tf.zeros([4, 1]))).rejects.toThrow(/NaN or an infinity/);
    expect(model.getWeights().map((w) => Array.from(w.dataSync()))).toEqual(weights);
    // The batch and its targets are ours.
    expect(tf.memory().numTensors - before).toBe(2);
  },
);

test('a class of another package under one of our names is an error', () => {
  jest.isolateModules(() => {
    const core = require('@tensorflow/tfjs-core') as typeof tf;
    class Squeeze extends core.serialization.Serializable {
      static className = 'InvertibleSqueeze';
      getConfig() {
        return {};
      }
    }
    core.serialization.registerClass(Squeeze);
    expect(() => require('@invertible/layers-tfjs')).toThrow(/InvertibleSqueeze to be free/);
  });
});

test('two copies of the package, as a module and as CommonJS, live together', () => {
  jest.isolateModules(() => {
    const source = require('@invertible/layers-tfjs') as typeof inn;
    const built = require('../dist/index.cjs') as typeof inn;
    expect(built.squeeze.Layer).not.toBe(source.squeeze.Layer);
    expect(built.squeeze().getClassName()).toBe(source.squeeze().getClassName());
  });
});
