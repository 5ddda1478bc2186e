import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const x = () => tf.randomNormal([32, 4], 0, 1, 'float32', 1);

/** The same layers as a Sequential, whose fit is that of a model inside it, and as a functional model. */
const models: Record<string, () => tfl.LayersModel> = {
  'a Sequential': () => tfl.sequential({ layers: layers() }),
  'a functional model': () => {
    const input = tfl.input({ shape: [4] });
    const outputs = layers().reduce((t, layer) => layer.apply(t) as tfl.SymbolicTensor, input);
    return tfl.model({ inputs: input, outputs });
  },
};
const layers = () => [
  inn.actNorm({ inputShape: [4] }),
  inn.affineCoupling({ hidden: 4 }),
  inn.gaussianLikelihood(),
];

const fail = async () => {
  throw new Error('by hand');
};

/** Ways in which a fit ends early. */
const endings: Record<string, tfl.CustomCallbackArgs> = {
  'a callback that throws before a batch': { onBatchBegin: fail },
  'a callback that throws after a batch': { onBatchEnd: fail },
  'a callback that throws after an epoch': { onEpochEnd: fail },
  'a callback that throws at the end': { onTrainEnd: fail },
};

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

describe.each(Object.entries(models))('%s', (_, make) => {
  const compiled = async () => {
    const model = make();
    model.compile({ optimizer: 'sgd', loss: inn.nll });
    const args = [x(), tf.zeros([32, 1])] as const;
    const fit = (callbacks: object[] = []) =>
      model.fit(...args, { batchSize: 16, verbose: 0, callbacks: callbacks as never });
    await fit();
    return { model, fit };
  };
  const watching = (model: tfl.LayersModel) =>
    model.layers.filter((layer) => layer instanceof inn.InvertibleLayer && layer.observers.size > 0);
  /** How many tensors a fit leaves that ends by an error; tfjs itself leaves some. */
  const left = async (fit: () => Promise<unknown>) => {
    const before = tf.memory().numTensors;
    await expect(fit()).rejects.toThrow('by hand');
    return tf.memory().numTensors - before;
  };

  test.each(Object.entries(endings))('observers end with %s', async (_, ending) => {
    const { model, fit } = await compiled();
    const bare = await left(() => fit([ending]));
    const guard = inn.nanGuard(model, { every: 1 });
    const monitor = inn.driftMonitor(model, { every: 1, onReport: () => {} });
    for (const callbacks of [
      [guard, monitor, ending],
      [ending, monitor, guard],
    ]) {
      expect(await left(() => fit(callbacks))).toBe(bare);
      expect(watching(model)).toEqual([]);
    }
    const before = tf.memory().numTensors;
    await fit([guard, monitor]);
    await fit();
    expect(tf.memory().numTensors).toBe(before);
    expect(watching(model)).toEqual([]);
  });
});
