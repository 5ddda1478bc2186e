import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { InvertibleError, registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 1, 2, 'float32', seed);

/** A place in memory, and what it keeps. */
function memory(): { place: tf.io.IOHandler; kept: () => tf.io.ModelArtifacts } {
  let kept: tf.io.ModelArtifacts = {};
  const copy = ({ weightData, ...json }: tf.io.ModelArtifacts): tf.io.ModelArtifacts => ({
    ...JSON.parse(JSON.stringify(json)),
    weightData: tf.io.CompositeArrayBuffer.join(weightData).slice(0),
  });
  return {
    place: {
      save: async (artifacts) => {
        kept = copy(artifacts);
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      },
      load: async () => copy(kept),
    },
    kept: () => kept,
  };
}

let warnings: jest.SpyInstance;
beforeAll(registerKernels);
beforeEach(async () => {
  await tf.setBackend('cpu');
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

describe('what is saved is the model as it was at the call,', () => {
  const optimizers: Record<string, () => tf.Optimizer> = {
    adam: () => tf.train.adam(0.1),
    'adam, clipped': () => inn.clipByGlobalNorm(tf.train.adam(0.1), 1),
    sgd: () => tf.train.sgd(0.01),
    momentum: () => tf.train.momentum(0.01, 0.9),
    rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
    adagrad: () => tf.train.adagrad(0.1),
    adadelta: () => tf.train.adadelta(0.1),
  };
  const make = () =>
    tfl.sequential({
      layers: [inn.actNorm({ inputShape: [2] }), inn.affineCoupling({ hidden: 4 }), inn.gaussianLikelihood()],
    });
  const cases = ['cpu', 'wasm'].flatMap((backend) =>
    Object.keys(optimizers).flatMap((name) =>
      [0, 2].map((steps): [string, string, number] => [backend, name, steps]),
    ),
  );
  /** A step of training at once, before any promise is settled. */
  const step = (model: tfl.LayersModel) => {
    const variables = model.trainableWeights.map((w) => w.read() as tf.Variable);
    const x = normal([8, 2], 1);
    model.optimizer.minimize(
      () => tf.mean(model.apply(x, { training: true }) as tf.Tensor),
      false,
      variables,
    );
    x.dispose();
  };

  test.each(cases)(
    'though a step follows in the same tick: %s, %s, after %i steps',
    async (backend, name, steps) => {
      await tf.setBackend(backend);
      const model = make();
      model.compile({ optimizer: optimizers[name]!(), loss: inn.nll });
      for (let n = 0; n < steps; n++) step(model);
      const [calm, hasty] = [memory(), memory()];
      const progress = { step: steps };
      await inn.saveCheckpoint(model, calm.place, { progress });
      const tensors = tf.memory().numTensors;
      const saving = inn.saveCheckpoint(model, hasty.place, { progress });
      progress.step++;
      step(model);
      await saving;
      expect(hasty.kept()).toEqual(calm.kept());
      const left = tf.memory().numTensors;
      await inn.saveCheckpoint(model, memory().place);
      expect(tf.memory().numTensors).toBe(left);
      if (steps > 0) expect(left).toBe(tensors);
      // What was saved goes on as the model did, to the last bit.
      const { model: loaded, restore, progress: read } = await inn.loadCheckpoint(hasty.place);
      expect(read).toEqual({ step: steps });
      loaded.compile({ optimizer: optimizers[name]!(), loss: inn.nll });
      await restore(loaded.optimizer);
      step(loaded);
      expect(loaded.weights.map((w) => values(w.read()))).toEqual(model.weights.map((w) => values(w.read())));
    },
  );

  test('by flow.save too, with or without the optimizer, and when it is disposed at once', async () => {
    for (const includeOptimizer of [false, true]) {
      const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 4 });
      await flow.fit(normal([8, 2], 1), { epochs: 1, verbose: 0 });
      const [calm, hasty, gone] = [memory(), memory(), memory()];
      await flow.save(calm.place, { includeOptimizer });
      const saving = flow.save(hasty.place, { includeOptimizer });
      step(flow.model);
      await saving;
      expect(hasty.kept()).toEqual(calm.kept());
      const last = memory();
      await flow.save(last.place);
      const disposing = flow.save(gone.place);
      flow.model.dispose();
      await disposing;
      expect(gone.kept()).toEqual(last.kept());
    }
  });
});

describe('the loss inn.nll', () => {
  const flow = async () => {
    const made = inn.realNvp({ shape: [2], layers: 2, hidden: 4 });
    await made.fit(normal([8, 2], 1), { epochs: 2, verbose: 0 });
    return made;
  };
  const fit = async (model: tfl.LayersModel) => {
    const args = { epochs: 2, verbose: 0, shuffle: false };
    return (await model.fit(normal([8, 2], 1), tf.zeros([8, 1]), args)).history.loss;
  };

  test('is kept with the optimizer, so that fit goes on; stock tf.layers reads the file as well', async () => {
    const saved = await flow();
    const { place } = memory();
    await saved.save(place, { includeOptimizer: true });
    const loaded = await inn.loadModel(place);
    expect(loaded.loss).toBe(inn.nll);
    expect(warnings).not.toHaveBeenCalled();
    const [ours, own] = [await fit(loaded), await fit(saved.model)];
    // Adam's powers of its betas are computed anew, to rounding.
    ours!.forEach((loss, i) => {
      expect(Math.abs(Number(loss) - Number(own![i]))).toBeLessThan(1e-5);
    });
    const stock = await tfl.loadLayersModel(place);
    expect(stock.weights.map((w) => w.shape)).toEqual(loaded.weights.map((w) => w.shape));
  });

  test('is given back to a model of model.save by its head, which is reported', async () => {
    const saved = await flow();
    const { place } = memory();
    await saved.model.save(place, { includeOptimizer: true });
    const loaded = await inn.loadModel(place);
    expect(warnings.mock.calls.flat().join('\n')).toMatch(/by which loss .*inn.nll is taken/);
    expect((await fit(loaded))!.every((loss) => Number.isFinite(loss))).toBe(true);
  });

  test('is not guessed for others; a loss that no file can name is refused in saving', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: (_, y) => tf.mean(tf.abs(y)) });
    const { place } = memory();
    await expect(inn.saveModel(model, place, { includeOptimizer: true })).rejects.toThrow(
      /which no file can name/,
    );
    await model.save(place, { includeOptimizer: true });
    const loaded = await inn.loadModel(place);
    expect(loaded.loss).not.toBe(inn.nll);
    expect(warnings.mock.calls.flat().join('\n')).toMatch(/compile it again/);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
    await inn.saveModel(model, place, { includeOptimizer: true });
    const named = await inn.loadModel(place);
    expect([named.loss, named.metrics]).toEqual(['meanSquaredError', ['mae']]);
  });
});

describe('a digest', () => {
  test('is in every file that we write; a file without one is loaded, and reported once', async () => {
    const saved = inn.nice({ shape: [2], hidden: 2, layers: 1 });
    const { place, kept } = memory();
    for (const save of [
      () => saved.save(place),
      () => inn.saveModel(saved.model, place),
      () => inn.saveCheckpoint(saved, place),
    ]) {
      await save();
      expect(kept().generatedBy).toMatch(
        /^TensorFlow.js tfjs-layers v4.*, @invertible\/layers-tfjs sha256:[0-9a-f]{64}$/,
      );
      await inn.loadModel(place);
    }
    await inn.loadCheckpoint(place);
    expect(warnings).not.toHaveBeenCalled();
    await saved.model.save(place);
    await inn.loadFlow(place);
    expect(warnings.mock.calls).toEqual([[expect.stringMatching(/carries no digest/)]]);
  });

  test('does not stay with a model that others load, train and save', async () => {
    const { place, kept } = memory();
    await inn.nice({ shape: [2], hidden: 2, layers: 1 }).save(place);
    const stock = await tfl.loadLayersModel(place);
    stock.setWeights(stock.getWeights().map((w) => tf.ones(w.shape)));
    await stock.save(place);
    expect(kept().generatedBy).not.toMatch(/sha256/);
    expect((await inn.loadModel(place)).getUserDefinedMetadata()).toBeUndefined();
  });

  test('is damaged as the rest: half a signature counts as one', async () => {
    const { place, kept } = memory();
    await inn.nice({ shape: [2], hidden: 2, layers: 1 }).save(place);
    const { generatedBy } = kept();
    for (const wrong of [
      generatedBy!.replace('sha256', 'sha257'),
      generatedBy!.replace('invertible', 'inverted'),
      generatedBy!.slice(0, -1),
    ])
      await expect(inn.loadModel({ load: async () => ({ ...kept(), generatedBy: wrong }) })).rejects.toThrow(
        /a changed one/,
      );
  });

  test('does not depend on the order in which a place keeps the names of objects', async () => {
    const { place, kept } = memory();
    await inn.nice({ shape: [2], hidden: 2, layers: 1 }).save(place);
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inside]) => [name, turned(inside)]),
      );
    };
    const { weightData, ...json } = kept();
    await inn.loadModel({
      load: async () => ({ ...(turned(json) as object), ...(weightData && { weightData }) }),
    });
    expect(warnings).not.toHaveBeenCalled();
  });
});

describe('weights that are NaN or infinite', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'are refused with their names, unless asked for: %f',
    async (bad) => {
      const saved = inn.nice({ shape: [2], hidden: 2, layers: 1 });
      const [first, ...rest] = saved.model.getWeights();
      const wrong = values(first!);
      wrong[0] = bad;
      saved.model.setWeights([tf.tensor(wrong, first!.shape), ...rest]);
      const { place } = memory();
      await inn.saveCheckpoint(saved, place);
      const name = saved.model.weights[0]!.originalName;
      for (const load of [inn.loadModel, inn.loadFlow, inn.loadCheckpoint]) {
        const before = tf.memory().numTensors;
        const error: unknown = await load(place).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(InvertibleError);
        expect(error).toHaveProperty('got', `NaN or an infinity in ${name}`);
        expect(tf.memory().numTensors).toBe(before);
        await load(place, { allowNonFinite: true });
      }
      const weights = { w: tf.tensor1d([1, bad]), v: tf.ones([2]) };
      const bytes = await inn.toSafetensors(weights);
      expect(() => inn.fromSafetensors(bytes)).toThrow(/NaN or an infinity in w\./);
      expect(values(inn.fromSafetensors(bytes, { allowNonFinite: true }).weights.w!)).toEqual([1, bad]);
    },
  );

  test('options are checked', async () => {
    const { place } = memory();
    await inn.nice({ shape: [2], hidden: 2, layers: 1 }).save(place);
    const wrong = { allowNonfinite: true } as object;
    await expect(async () => inn.loadModel(place, wrong)).rejects.toThrow(/Did you mean allowNonFinite/);
    await expect(
      inn.saveModel(inn.nice({ shape: [2] }).model, place, { includeOptimiser: true } as object),
    ).rejects.toThrow(/includeOptimizer/);
  });

  test('quantized ones too', async () => {
    const { place, kept } = memory();
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 1, inputShape: [2], useBias: false })],
    });
    await model.save(place);
    const quantized = (dtype: 'uint8' | 'uint16' | 'float16', bytes: number[], scale?: number) => ({
      load: async () => ({
        ...kept(),
        weightSpecs: [
          {
            ...kept().weightSpecs![0]!,
            quantization: { dtype, ...(scale !== undefined && { scale, min: 0 }) },
          },
        ],
        weightData: new Uint8Array(bytes).buffer,
      }),
    });
    await expect(inn.loadModel(quantized('float16', [0, 0x3c, 0, 0x7c]))).rejects.toThrow(/an infinity in/);
    await expect(inn.loadModel(quantized('uint8', [0, 255], 1e37))).rejects.toThrow(/an infinity in/);
    for (const fine of [quantized('float16', [0, 0x3c, 0, 0x3c]), quantized('uint8', [255, 255], 1 / 255)])
      expect(values((await inn.loadModel(fine)).getWeights()[0]!)).toEqual([1, 1]);
  });
});
