import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvertibleError, registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
beforeAll(registerKernels);

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 1, 2, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
const weightsOf = (model: tfl.LayersModel) => model.weights.map((w) => values(w.read()));

/** Without the names, which are counted up in each process. What is not set is null after JSON. */
const configsOf = (model: tfl.LayersModel): string =>
  JSON.stringify(
    model.layers.map((l) => l.getConfig()),
    (key, value) => (key === 'name' || value === null ? undefined : value),
  );

/** What the first batch sets up, what a running mean keeps, and masks of dropout that count steps. */
function withMemory(): tfl.Sequential {
  const kernelInitializer = tfl.initializers.glorotUniform({ seed: 1 });
  const conditioner: inn.ModelFactory = (shape, out) =>
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          padding: 'same',
          inputShape: shape,
          kernelInitializer,
        }),
        tfl.layers.batchNormalization(),
        tfl.layers.dropout({ rate: 0.5 }),
        tfl.layers.conv2d({ filters: out, kernelSize: 1, kernelInitializer: 'zeros' }),
      ],
    });
  return tfl.sequential({
    layers: [
      inn.actNorm({ inputShape: [4, 4, 2] }),
      inn.conv1x1({ seed: 1 }),
      inn.batchNorm(),
      inn.affineCoupling({ conditioner }),
      inn.split({ layers: [inn.squeeze(), inn.actNorm()] }),
      inn.gaussianLikelihood(),
    ],
  });
}

const optimizers: Record<string, () => tf.Optimizer> = {
  adam: () => tf.train.adam(0.01),
  'adam, clipped': () => inn.clipByGlobalNorm(tf.train.adam(0.01), 1),
  sgd: () => tf.train.sgd(0.001),
  momentum: () => tf.train.momentum(0.001, 0.9),
  rmsprop: () => tf.train.rmsprop(0.001, 0.9, 0.5),
  adagrad: () => tf.train.adagrad(0.01),
  adadelta: () => tf.train.adadelta(0.001),
};
const compile = (model: tfl.LayersModel, optimizer: () => tf.Optimizer) =>
  model.compile({ optimizer: optimizer(), loss: inn.nll });
const fit = async (model: tfl.LayersModel, from: number, epochs: number) => {
  const args = { initialEpoch: from, epochs, batchSize: 8, shuffle: false, verbose: 0 };
  const [x, none] = [normal([24, 4, 4, 2], 1), tf.zeros([24, 1])];
  const { history } = await model.fit(x, none, args);
  tf.dispose([x, none]);
  return (history.loss ?? []) as number[];
};

test.each([...Object.keys(optimizers).map((name) => ['cpu', name]), ['wasm', 'adam'], ['wasm', 'rmsprop']])(
  'on %s, training with %s goes on to the last bit',
  async (backend, name) => {
    await tf.setBackend(backend);
    const optimizer = optimizers[name]!;
    const whole = withMemory();
    compile(whole, optimizer);
    const losses = await fit(whole, 0, 5);
    expect(losses.every(Number.isFinite)).toBe(true);
    let model: tfl.LayersModel = withMemory();
    compile(model, optimizer);
    const resumed: number[] = [];
    let from = 0;
    // Once before the first step, which sets up the weights of ActNorm, and again from what had been loaded.
    for (const epoch of [0, 1, 3]) {
      resumed.push(...(await fit(model, from, epoch)));
      await inn.saveCheckpoint(model, `file://${folder}/c`, { progress: { epoch, resumed } });
      const loaded = await inn.loadCheckpoint(`file://${folder}/c`);
      expect(loaded.progress).toEqual({ epoch, resumed });
      model = loaded.model;
      compile(model, optimizer);
      await loaded.restore(model.optimizer);
      from = epoch;
    }
    expect([...resumed, ...(await fit(model, from, 5))]).toEqual(losses);
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    expect(configsOf(model)).toEqual(configsOf(whole));
  },
);

test('a flow goes on too; saving and loading cost no tensor beyond the model; tf.loadLayersModel takes the same files', async () => {
  await tf.setBackend('wasm');
  const flow = inn.flow({
    bijection: inn.affineCoupling({ hidden: 8 }),
    shape: [2],
    condition: [1],
    base: { kind: 'conditionalNormal', hidden: 4 },
  });
  const [x, condition] = [normal([32, 2], 1), normal([32, 1], 2)];
  const train = async (f: inn.Flow, epochs: number) =>
    (await f.fit(x, { condition, epochs, batchSize: 8, shuffle: false, verbose: 0 })).history.loss;
  await train(flow, 2);
  const before = tf.memory().numTensors;
  await inn.saveCheckpoint(flow, `file://${folder}/c`);
  expect(tf.memory().numTensors).toBe(before);
  const url = `file://${folder}/c`;
  expect(fs.readdirSync(join(folder, 'c')).sort()).toEqual(['model.json', 'weights.bin']);
  const { model, progress, restore } = await inn.loadCheckpoint(url);
  expect(progress).toBeNull();
  expect(tf.memory().numTensors - before).toBe(model.weights.length);
  for (const other of [await tfl.loadLayersModel(url), await inn.loadModel(url)]) {
    expect(weightsOf(other)).toEqual(weightsOf(model));
    other.dispose();
  }
  const again = new inn.Flow(model);
  again.compile({ optimizer: tf.train.adam(1e-3) });
  const compiled = tf.memory().numTensors;
  await restore(model.optimizer);
  // Two moments for each weight that trains.
  expect(tf.memory().numTensors - compiled).toBe(2 * model.trainableWeights.length);
  await restore(model.optimizer);
  expect(tf.memory().numTensors - compiled).toBe(2 * model.trainableWeights.length);
  expect(await train(again, 3)).toEqual(await train(flow, 3));
});

test('a checkpoint goes through any handler, and keeps the model’s own metadata', async () => {
  await tf.setBackend('cpu');
  const { model } = inn.flow({ bijection: inn.pixelAffine(), shape: [2] });
  model.setUserDefinedMetadata({ made: 'by hand' });
  let kept: tf.io.ModelArtifacts | undefined;
  const handler: tf.io.IOHandler = {
    // As localstorage:// keeps it.
    save: async (artifacts) => {
      kept = { ...JSON.parse(JSON.stringify(artifacts)), weightData: artifacts.weightData };
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
    load: async () => kept!,
  };
  await inn.saveCheckpoint(model, handler, { progress: { notes: ['ä', null, { deep: true }] } });
  const loaded = await inn.loadCheckpoint(handler);
  expect(loaded.progress).toEqual({ notes: ['ä', null, { deep: true }] });
  expect(loaded.model.getUserDefinedMetadata()).toEqual({ made: 'by hand' });
  await expect(loaded.restore(tf.train.adam(1))).rejects.toThrow(/no optimizer, as when it was saved/);
  for (const progress of [{ loss: Number.NaN }, { f: () => 0 }, JSON.parse('{"__proto__": 1}')])
    await expect(inn.saveCheckpoint(model, handler, { progress })).rejects.toThrow(InvertibleError);
});

test('the memory of another optimizer is refused', async () => {
  await tf.setBackend('cpu');
  const { model } = inn.flow({ bijection: inn.pixelAffine(), shape: [2] });
  compile(model, optimizers.adam!);
  await inn.saveCheckpoint(model, `file://${folder}/c`);
  const { restore } = await inn.loadCheckpoint(`file://${folder}/c`);
  await expect(restore(tf.train.sgd(1))).rejects.toThrow(/an optimizer Adam, as when it was saved, got SGD/);
});
