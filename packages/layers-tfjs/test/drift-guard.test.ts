import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
type Gradient = 'reversible' | 'stored';
type Layers = (given: { gradient: Gradient; inputShape?: number[]; seed: number }) => tfl.layers.Layer[];

interface Case {
  shape: number[];
  /** One of so many steps; the first has the input shape. */
  layers: Layers;
  depth: number;
  /** How much noise the weights get, or what else happens to them. */
  spoil(layer: tfl.layers.Layer, k: number): unknown;
}

const noisy = (deviation: number) => (layer: tfl.layers.Layer, k: number) =>
  layer.setWeights(
    layer.getWeights().map((t, i) => tf.add(t, tf.mul(deviation, normal(t.shape, 10 * k + i)))),
  );

/** Chains that lose their digits on the way back, each by another cause. */
const cases: Record<string, Case> = {
  'momentum of γ = 0.5': {
    shape: [8],
    layers: (given) => [inn.momentum({ ...given, hidden: 4, gamma: 0.5 })],
    depth: 64,
    spoil: noisy(0.1),
  },
  'hyperbolic at its stability limit': {
    shape: [4, 4, 4],
    layers: (given) => [inn.hyperbolic({ ...given, step: 0.8 })],
    depth: 64,
    spoil: noisy(0.1),
  },
  'lu, two of them nearly singular': {
    shape: [8],
    layers: ({ inputShape, ...given }) => [
      inn.conv1x1({ ...given, kind: 'lu', ...(inputShape && { inputShape }) }),
      inn.affineCoupling({ ...given, hidden: 4 }),
    ],
    depth: 16,
    spoil(layer, k) {
      const [LU, l] = layer.getWeights();
      if (layer.getClassName() !== 'InvertibleConv1x1' || !LU || !l) return;
      const small = k === 8 || k === 20;
      layer.setWeights([tf.add(LU, tf.mul(0.1, normal(LU.shape, k))), small ? tf.linspace(-9, 0, 8) : l]);
    },
  },
  'a Glow driven to large scales': {
    shape: [2, 2, 8],
    layers: ({ inputShape, ...given }) => [
      inn.actNorm({ ...given, ...(inputShape && { inputShape }) }),
      inn.conv1x1(given),
      inn.affineCoupling({ ...given, hidden: 4, flip: given.seed % 2 === 1 }),
    ],
    depth: 64,
    spoil: (layer, k) => layer.getClassName() === 'InvertibleActNorm' || noisy(0.4)(layer, k),
  },
};

function modelOf({ shape, layers, depth }: Case, gradient: Gradient): tfl.LayersModel {
  const steps = Array.from({ length: depth }, (_, seed) =>
    layers({ gradient, seed, ...(seed === 0 && { inputShape: shape }) }),
  );
  return tfl.sequential({ layers: [...steps.flat(), inn.gaussianLikelihood()] });
}

const costOf = (model: tfl.LayersModel, x: tf.Tensor) => () =>
  tf.tidy(() => tf.mean<tf.Scalar>(model.apply(x, { training: true }) as tf.Tensor));
const variablesOf = (model: tfl.LayersModel) => model.trainableWeights.map((w) => w.read() as tf.Variable);

/** An optimizer that tells which gradients it applies. */
function telling(optimizer: tf.Optimizer) {
  const applied: number[][] = [];
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients) => {
    const list = gradients as { tensor: tf.Tensor }[];
    applied.push(list.flatMap(({ tensor }) => Array.from(tensor.dataSync())));
    apply(gradients);
  };
  return { optimizer, applied };
}

const distance = (a: number[], b: number[]) => {
  const size = (t: number[]) => Math.sqrt(t.reduce((sum, v) => sum + v * v, 0));
  return size(a.map((v, i) => v - (b[i] ?? Number.NaN))) / size(b);
};

/** Errors of the gradients that are applied in a few steps against stored ones at the same weights. */
function errors(of: Case, options: inn.DriftGuardOptions | false) {
  const [model, twin] = [modelOf(of, 'reversible'), modelOf(of, 'stored')];
  const x = normal([8, ...of.shape], 1);
  tf.tidy(() => {
    for (const [k, layer] of model.layers.entries()) of.spoil(layer, k);
  });
  // The first batch sets the ActNorms.
  for (const one of [model, twin]) tf.tidy(() => void tf.variableGrads(costOf(one, x)));
  const stored = telling(tf.train.sgd(0));
  const own = telling(inn.clipByGlobalNorm(tf.train.sgd(1e-2), 1));
  const guard = options && inn.driftGuard(model, options);
  for (let k = 0; k < 3; k++) {
    twin.setWeights(model.getWeights());
    stored.optimizer.minimize(costOf(twin, x), false, variablesOf(twin));
    if (guard) guard.minimize(own.optimizer, costOf(model, x), variablesOf(model)).dispose();
    else own.optimizer.minimize(costOf(model, x), false, variablesOf(model));
  }
  return { model, errors: own.applied.map((g, k) => distance(g, stored.applied[k] ?? [])) };
}

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

describe.each(Object.entries(cases))('%s', (_, of) => {
  test('the gradient that is applied is that of stored activations; the bad layers are named, the others rebuild', () => {
    const said: string[] = [];
    const { model, errors: guarded } = errors(of, { onWarning: (text) => said.push(text) });
    expect(Math.max(...guarded)).toBeLessThan(1e-3);
    // Without the guard it is not.
    expect(errors(of, false).errors.some((error) => !(error < 1e-3))).toBe(true);
    const edges = inn.describeMemory(model).filter(({ fallbacks }) => fallbacks.length > 0);
    expect(said[0]).toContain(edges.at(-1)?.layer);
    expect(edges.length).toBeLessThan(model.layers.length / 2);
  });
});

/** Two maps that cancel; what the first adds costs x its digits on the way. */
function cancelling(): { model: tfl.Sequential; spoil(): void } {
  const large = [
    inn.actNorm({ inputShape: [4] }),
    inn.affineCoupling({ hidden: 4 }),
    inn.actNorm(),
    inn.actNorm(),
  ];
  const model = tfl.sequential({
    layers: [...large, inn.affineCoupling({ hidden: 4 }), inn.gaussianLikelihood()],
  });
  const l = tf.fill([4], 11);
  return {
    model,
    spoil: () =>
      tf.tidy(() => {
        large[2]!.set({ logDeviation: l, bias: tf.ones([4]), mean: tf.zeros([4]) });
        large[3]!.set({ logDeviation: tf.neg(l), bias: tf.zeros([4]), mean: tf.ones([4]) });
      }),
  };
}

/** Runs a fit whose third step is spoiled. */
async function fitted(options: inn.DriftGuardOptions, after: (step: number) => void = () => {}) {
  const { model, spoil } = cancelling();
  const said: string[] = [];
  model.compile({ optimizer: tf.train.sgd(1e-12), loss: inn.nll, metrics: ['mae'] });
  const guard = inn.driftGuard(model, { onWarning: (text) => said.push(text), ...options });
  const [x, none] = [normal([64, 4], 1), tf.zeros([64, 1])];
  const fit = () =>
    model.fit(x, none, {
      batchSize: 8,
      verbose: 0,
      shuffle: false,
      callbacks: {
        ...guard,
        onBatchBegin: async (step: number) => void (step === 2 && spoil()),
        onBatchEnd: async (step: number) => after(step),
      },
    });
  const { history } = await fit();
  return { model, said, history, fit };
}

test('in a fit, the bad layer alone falls back, is named once and is listed; nothing stays', async () => {
  const { model, said, history, fit } = await fitted({});
  expect(said).toHaveLength(1);
  const [, , bad] = model.layers;
  expect(said[0]).toMatch(new RegExp(`^Training, step 2: .*layer "${bad?.name}"`));
  const fallbacks = inn.describeMemory(model).flatMap((edge) => edge.fallbacks);
  expect(fallbacks).toHaveLength(1);
  expect(fallbacks[0]).toMatch(new RegExp(`layer "${bad?.name}" keeps its input since step 2: its inverse`));
  expect(Object.keys(history)).toEqual(['loss', 'mae']);
  const before = tf.memory().numTensors;
  await fit();
  expect(tf.memory().numTensors).toBe(before);
});

test('layers that fell back are tried again, and rebuild where they have become well', () => {
  const { model, spoil } = cancelling();
  const x = normal([8, 4], 1);
  tf.tidy(() => void tf.variableGrads(costOf(model, x)));
  spoil();
  const guard = inn.driftGuard(model, { retry: 2, onWarning: () => {} });
  const optimizer = tf.train.sgd(1e-12);
  const listed = Array.from({ length: 4 }, (_, step) => {
    if (step === 1) for (const layer of model.layers.slice(2, 4) as inn.InvertibleLayer[]) well(layer);
    guard.minimize(optimizer, costOf(model, x), variablesOf(model)).dispose();
    return inn.describeMemory(model).flatMap((edge) => edge.fallbacks).length;
  });
  expect(listed).toEqual([1, 1, 0, 0]);
});
const well = (layer: inn.InvertibleLayer) => tf.tidy(() => layer.set({ logDeviation: tf.zeros([4]) }));

test('a step that is skipped applies a gradient of zero, and the next one looks', async () => {
  const { model, spoil } = cancelling();
  const x = normal([8, 4], 1);
  tf.tidy(() => void tf.variableGrads(costOf(model, x)));
  spoil();
  const said: string[] = [];
  const guard = inn.driftGuard(model, { action: 'skip', onWarning: (text) => said.push(text) });
  const { optimizer, applied } = telling(tf.train.sgd(1e-12));
  const step = async () => {
    guard.minimize(optimizer, costOf(model, x), variablesOf(model)).dispose();
    // What is read meanwhile arrives.
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await step();
  expect(applied[0]?.every((v) => v === 0)).toBe(true);
  await step();
  expect(said).toHaveLength(1);
  expect(applied[1]?.some((v) => v !== 0)).toBe(true);
  await step();
  expect(applied[2]?.some((v) => v !== 0)).toBe(true);
});
