import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';

beforeAll(() => tf.setBackend('cpu'));

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Every kind with a default that has changed. */
const changed = Object.values(core).flatMap((f) => {
  const metadata: core.KindMetadata | undefined =
    typeof f === 'function' && 'metadata' in f ? f.metadata : undefined;
  const changes: [string, core.Change<unknown>][] = Object.entries({ ...metadata?.changedDefaults });
  return metadata && changes.length > 0
    ? [[core.kindName(metadata.className), metadata, changes] as const]
    : [];
});

test('the kinds with ActNorm inside have a default that changed', () => {
  expect(changed.map(([name]) => name).sort()).toEqual([
    'actNorm',
    'conditionalGlow',
    'conditionalHint',
    'glow',
    'hint',
    'multiscaleConditionalHint',
    'multiscaleHint',
    'nice',
    'realNvp',
  ]);
});

test.each(changed)(
  'a config of %s says what it means, and one that does not is of 0.1.0',
  (_, metadata, changes) => {
    const [Layer, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[metadata.className]!;
    const configOf = (layer: tf.serialization.Serializable) => layer.getConfig();
    const revived = (config: tf.serialization.ConfigDict) =>
      configOf(fromConfig(Layer, JSON.parse(JSON.stringify(config)) as tf.serialization.ConfigDict));
    for (const [option, change] of changes) {
      const config = configOf(new Layer({ inputShape: [4] }));
      expect(config[option]).toBe(change.is);
      expect(configOf(new Layer({ [option]: undefined }))[option]).toBe(change.is);
      expect(configOf(new Layer({ [option]: change.was }))[option]).toBe(change.was);
      const { [option]: __, ...older } = config;
      expect(revived(older)[option]).toBe(change.was);
      expect(revived(config)[option]).toBe(change.is);
    }
  },
);

test('a model of today is loaded as it is, by the stock loader too', async () => {
  const model = tfl.sequential({
    layers: [
      inn.actNorm({ inputShape: [4] }),
      inn.split({ layers: [inn.actNorm()] }),
      inn.gaussianLikelihood(),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
  const x = tf.add(normal([16, 4], 1), 100);
  await model.fit(x, tf.zeros([16, 1]), { epochs: 2, verbose: 0 });
  const again = await reload(model);
  expect(again.countParams()).toBe(4 * 4 + 4 * 2);
  expect(values(again.predict(x) as tf.Tensor)).toEqual(values(model.predict(x) as tf.Tensor));
});

/** The weights of a layer by name. */
const named = (layer: inn.InvertibleLayer) =>
  Object.fromEntries(Object.entries(layer.named()).map(([name, t]) => [name, values(t)]));

test('a list of weights as of 0.1.0 is the map that it was there', () => {
  const [logScale, bias] = [tf.tensor1d([-9, 3]), tf.tensor1d([1, -2])];
  const x = normal([5, 2], 1);
  for (const layer of [inn.actNorm({ inputShape: [2] }), inn.actNorm({ centred: false, inputShape: [2] })]) {
    tfl.sequential({ layers: [layer] });
    layer.setWeights([logScale, bias]);
    const y = layer.apply(x) as tf.Tensor;
    expect(values(y)).toEqual(values(tf.add(tf.mul(tf.exp(logScale), x), bias)));
    expect(() => layer.setWeights([bias])).toThrow(/length/);
  }
  for (const make of [
    (centred: boolean) => inn.realNvp({ shape: [4], hidden: 4, centred }),
    (centred: boolean) => inn.glow({ shape: [4], hidden: 4, centred }),
  ]) {
    const [older, today] = [make(false), make(true)];
    older.layer.setWeights(older.layer.getWeights().map((w, i) => tf.add(w, normal(w.shape, i))));
    today.layer.setWeights(older.layer.getWeights());
    const z = normal([5, 4], 2);
    expect(values(today.logProb(z))).toEqual(values(older.logProb(z)));
  }
});

test('named weights of 0.1.0 are the flow that they were there; those of today are refused by a flow of 0.1.0', () => {
  const make = (centred: boolean) => inn.realNvp({ shape: [4], hidden: 4, centred });
  const [older, today] = [make(false), make(true)];
  older.layer.setWeights(older.layer.getWeights().map((w, i) => tf.add(w, normal(w.shape, i))));
  const before = tf.memory().numTensors;
  inn.setWeights(today, older.weights());
  expect(tf.memory().numTensors).toBe(before);
  const x = normal([5, 4], 2);
  expect(values(today.logProb(x))).toEqual(values(older.logProb(x)));
  expect(() => inn.setWeights(older, today.weights())).toThrow(/options that the weights were trained with/);
});

const far = () => tf.add(tf.mul(normal([32, 4], 1), 3), 50);
const trained = async (model: tfl.LayersModel) => {
  model.compile({ optimizer: tf.train.sgd(1e-4), loss: inn.nll });
  await model.fit(far(), tf.zeros([32, 1]), { epochs: 1, verbose: 0 });
};

test('the first batch leaves frozen layers alone, also inside a split, and sets them once they thaw', async () => {
  const frozen = inn.actNorm({ trainable: false, inputShape: [4] });
  const inner = inn.actNorm({ trainable: false });
  const free = inn.actNorm();
  const model = tfl.sequential({
    layers: [frozen, inn.split({ layers: [inner] }), free, inn.gaussianLikelihood()],
  });
  const [before, split] = [named(frozen), model.layers[1] as inn.InvertibleLayer];
  const inside = named(split);
  await trained(model);
  expect(named(frozen)).toEqual(before);
  expect(named(split)).toEqual(inside);
  expect(values(free.named().mean!)[0]).toBeGreaterThan(40);
  frozen.trainable = true;
  await trained(model);
  expect(values(frozen.named().mean!)[0]).toBeGreaterThan(40);
});

test('a model that is frozen as a whole keeps its weights', async () => {
  const norm = inn.actNorm();
  const x = tfl.input({ shape: [4] });
  const y = norm.apply(x) as tfl.SymbolicTensor;
  tfl.model({ inputs: x, outputs: y }).trainable = false;
  const head = [inn.pixelAffine(), inn.gaussianLikelihood()];
  const outputs = head.reduce((t, layer) => layer.apply(t) as tfl.SymbolicTensor, y);
  const model = tfl.model({ inputs: x, outputs });
  const before = named(norm);
  await trained(model);
  expect(named(norm)).toEqual(before);
});

test('standardize is set by the first batch, trained by none, and saved', async () => {
  const standardize = inn.standardize({ inputShape: [4] });
  const model = tfl.sequential({
    layers: [standardize, inn.affineCoupling({ hidden: 4 }), inn.gaussianLikelihood()],
  });
  await trained(model);
  const set = named(standardize);
  const { mean } = tf.moments(far(), 0);
  for (const [i, m] of values(mean).entries()) expect(set.mean![i]).toBeCloseTo(m, 3);
  await trained(model);
  expect(named(standardize)).toEqual(set);
  const again = await reload(model);
  expect(named(again.layers[0] as inn.InvertibleLayer)).toEqual(set);
  await trained(again);
  expect(named(again.layers[0] as inn.InvertibleLayer)).toEqual(set);
});

test('batch normalisation of one value per channel is refused, not trained', async () => {
  const model = tfl.sequential({ layers: [inn.batchNorm({ inputShape: [4] }), inn.gaussianLikelihood()] });
  model.compile({ optimizer: 'sgd', loss: inn.nll });
  const fit = model.fit(normal([3, 4], 1), tf.zeros([3, 1]), { batchSize: 1, verbose: 0 });
  await expect(fit).rejects.toThrow(
    /batchNorm: expected a batch with at least 2 values per channel, got one/,
  );
});

test('batch normalisation warns of small batches once a layer, not once a step', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const model = tfl.sequential({
    layers: [inn.batchNorm({ inputShape: [4] }), inn.batchNorm(), inn.gaussianLikelihood()],
  });
  model.compile({ optimizer: 'sgd', loss: inn.nll });
  await model.fit(normal([16, 4], 1), tf.zeros([16, 1]), { batchSize: 4, epochs: 2, verbose: 0 });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/batchNorm: only 4 values per channel/)]]);
  warn.mockRestore();
});

test('a flow of one feature is conditional or not', async () => {
  const hidden = 4;
  for (const [bijection, condition] of [
    [inn.spline({ bins: 4 }), undefined],
    [inn.conditionalSpline({ hidden, bins: 4 }), normal([32, 3], 2)],
    [inn.conditionalAffine({ hidden }), normal([32, 3], 2)],
  ] as const) {
    const flow = inn.flow({ bijection, shape: [1], ...(condition && { condition: [3] }) });
    const given = condition && { condition };
    const x = normal([32, 1], 1);
    await flow.fit(x, { epochs: 1, verbose: 0, ...given });
    expect(flow.sample(32, { seed: 1, ...given }).shape).toEqual([32, 1]);
    expect(values(flow.logProb(x, given)).every(Number.isFinite)).toBe(true);
  }
  expect(() => inn.realNvp({ shape: [1], hidden })).toThrow(/realNvp: expected at least 2 channels.*spline/);
});
