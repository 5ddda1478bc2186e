import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { askAll, type Call, type Named } from '../../core/test/misuse';

const normal = (shape: number[], seed = 1) => tf.randomNormal(shape, 0, 1, 'float32', seed);
/** Within the bounds of every kind that has any. */
const within = (shape: number[]) => tf.randomUniform(shape, 0.1, 0.9, 'float32', 1);

/** Every option of a kind left out, but for those that are given. */
const optionsOf = (options: object, given: Named): Named => ({
  ...Object.fromEntries(Object.keys(options).map((name) => [name, undefined])),
  ...given,
});

/** Options that a kind cannot do without. */
const needed: Record<string, Named> = {
  flatten: {},
  reshape: { to: [16, 8] },
  logit: { inverse: true },
  iunet: { couplings: 1, levels: 1 },
  jet: { layers: 1, blocks: 1, hidden: 4, heads: 2 },
};
/** Networks that need more than a shape of vectors, or are small only where they are told. */
const networks: Record<string, Named> = {
  conditionalGlow: { condition: [3] },
  conditionalHint: { condition: [3] },
  multiscaleConditionalHint: { condition: [3] },
  jet: { shape: [4, 4, 2], layers: 1, blocks: 1, hidden: 4, heads: 2 },
  iunet: { shape: [4, 4, 2], couplings: 1, levels: 1 },
  irim: {
    shape: [4, 4, 4],
    condition: [4, 4, 1],
    iterations: 1,
    operator: core.convolutionOperator([[0.1, 0.2, 0.1]]),
  },
  hyperbolicNetwork: { shape: [4, 4, 2] },
};
const image = [4, 4, 8];

const dense = () => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });

/** Each kind of layer, made with its options, built and applied. */
function layerCalls(): Record<string, Call> {
  const calls: Record<string, Call> = {};
  for (const [name, factory] of Object.entries(inn)) {
    if (typeof factory !== 'function' || !('metadata' in factory)) continue;
    const { options = {}, axes = [2] } = factory.metadata as core.Metadata;
    const rules = { ...options, seed: 0, inverse: 0, gradient: 0, trainable: 0, dtype: 0, inputShape: 0 };
    const shape = (axes as readonly number[]).includes(2) ? image : [4];
    const made = (given: object) => (factory as (args: object) => inn.InvertibleLayer)(given);
    calls[name] = {
      arguments: () => ({ options: optionsOf(rules, { ...needed[name] }), x: within([2, ...shape]) }),
      run: (given: object, x: tf.Tensor) =>
        tf.tidy(
          () =>
            made(given).apply(
              /^conditional(Affine|Spline)$/.test(name) ? [x, normal([2, 3])] : x,
            ) as tf.Tensor,
        ),
    };
  }
  return calls;
}

/** Each network as a flow. */
function networkCalls(): Record<string, Call> {
  const calls: Record<string, Call> = {};
  for (const [name, factory] of Object.entries(inn)) {
    if (typeof factory !== 'function' || !('layer' in factory)) continue;
    calls[name] = {
      arguments: () => ({
        options: {
          shape: [4],
          ...networks[name],
          seed: 1,
          base: { kind: 'normal' },
        },
      }),
      run(given: object) {
        const flow = (factory as (args: object) => inn.Flow)(given);
        const x = normal([2, ...flow.shape]);
        const { conditionShape } = flow;
        const c = conditionShape && { condition: normal([2, ...conditionShape]) };
        return [flow.logProb(x, c), String(flow)];
      },
    };
  }
  return calls;
}

const flow = () => inn.realNvp({ shape: [2], layers: 1, hidden: 3 });
const conditional = () => inn.realNvp({ shape: [2], condition: [3], layers: 1, hidden: 3 });
const points = () => normal([4, 2]);
const given = () => normal([4, 3], 2);

/** A method of a flow, of arguments besides the flow; every second flow has a condition. */
const method = (args: () => Named, run: (flow: inn.Flow, ...args: never[]) => unknown): Call => {
  const one = { flow: conditional() };
  return { single: true, arguments: args, run: (...values) => run(one.flow, ...values) };
};

/** It makes several things, and disposes those that it has where a later one is refused. */
const several = ({ single: _, ...call }: Call): Call => call;

const methods = (): Record<string, Call> => ({
  'flow.logProb': method(
    () => ({ x: points(), options: { condition: given() } }),
    (f, x, options) => f.logProb(x, options),
  ),
  'flow.bitsPerDim': method(
    () => ({ x: points(), options: { condition: given(), levels: 4 } }),
    (f, x, options) => f.bitsPerDim(x, options),
  ),
  'flow.forward': method(
    () => ({ x: points(), options: { condition: given() } }),
    (f, x, options) => Object.values(f.forward(x, options)),
  ),
  'flow.inverse': method(
    () => ({ z: points(), options: { condition: given() } }),
    (f, z, options) => Object.values(f.inverse(z, options)),
  ),
  'flow.sample': method(
    () => ({ n: 4, options: { condition: given(), seed: 1, temperature: 0.5 } }),
    (f, n, options) => f.sample(n, options),
  ),
  'flow.sampleLatent': method(
    () => ({ n: 4, options: { condition: given(), seed: 1, temperature: 0.5 } }),
    (f, n, options) => f.sampleLatent(n, options),
  ),
  'flow.evaluate': method(
    () => ({ x: points(), options: { condition: given(), batchSize: 2 } }),
    (f, x, options) => f.evaluate(x, options),
  ),
  'flow.posterior': several(
    method(
      () => ({ condition: normal([3]), n: 2, options: { seed: 1, temperature: 0.5 }, x: points() }),
      (f, condition, n, options, x) => {
        const p = f.posterior(condition);
        try {
          return [p.sample(n, options), ...Object.values(p.moments(n, options)), p.logProb(x)];
        } finally {
          p.dispose();
        }
      },
    ),
  ),
  'flow.conditionFor': method(
    () => ({ n: 4, condition: given() }),
    (f, n, condition) => tf.clone(f.conditionFor(n, condition) ?? tf.scalar(1)),
  ),
  'flow.compile': method(
    () => ({ options: { optimizer: 'sgd' } }),
    (f, options) => f.compile(options),
  ),
  'flow.fit': {
    arguments: () => ({
      x: points(),
      options: {
        condition: given(),
        batchSize: 2,
        epochs: 1,
        verbose: 0,
        shuffle: false,
        validationSplit: 0.5,
        validationData: undefined,
        initialEpoch: 0,
        validationSteps: undefined,
        yieldEvery: 'auto',
        callbacks: [],
        sampleWeight: tf.ones([4]),
        guards: { drift: 1e-3, nan: true, explosion: true, onWarning: () => {} },
      },
    }),
    async run(x: tf.Tensor, options: object) {
      const f = conditional();
      const { history } = await f.fit(x, { verbose: 0, ...options });
      return Object.values(history).flat();
    },
  },
  'flow.fitDataset': method(
    () => ({ dataset: dataset(), options: { epochs: 1, verbose: 0 } }),
    async (f, data, options) => void (await f.fitDataset(data, options)),
  ),
  'flow.save': method(
    () => ({ to: tf.io.withSaveHandler(saved) }),
    async (f, to) => void (await f.save(to)),
  ),
});
const saved = async () => ({
  modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const },
});

const dataset = () => ({
  size: 1,
  iterator: async () => {
    let k = 0;
    const value = () => ({ xs: [points(), given()], ys: tf.zeros([4, 1]) });
    return { next: async () => (k++ > 0 ? { done: true, value: null } : { done: false, value: value() }) };
  },
});

const layer = () => inn.affineCoupling({ hidden: 3, inputShape: [2] });

const functions = (): Record<string, Call> => ({
  flow: {
    arguments: () => ({
      options: { bijection: layer(), shape: [2], condition: [3], base: { kind: 'normal' }, seed: 1 },
    }),
    run: (options: inn.FlowOptions) => inn.flow(options).logProb(points(), { condition: normal([4, 3]) }),
  },
  bijectionLayer: {
    arguments: () => ({ given: core.affineCoupling({ hidden: 3 }), options: { seed: 1, inverse: false } }),
    run: (b, options) => inn.bijectionLayer(b, options).apply(points()),
  },
  likelihood: {
    arguments: () => ({ options: { base: { kind: 'normal' }, seed: 1, name: undefined } }),
    run: (options: object) => inn.likelihood(options).apply(layer().apply(points())),
  },
  gaussianLikelihood: {
    arguments: () => ({ options: { seed: 1, name: undefined } }),
    run: (options: object) => inn.gaussianLikelihood(options).apply(layer().apply(points())),
  },
  nll: {
    arguments: () => ({ target: tf.zeros([4, 1]), nll: tf.ones([4, 1]) }),
    run: (_, nll) => ((nll as unknown) instanceof tf.Tensor ? [] : []),
  },
  'layer.apply': {
    arguments: () => ({ x: points() }),
    run: (x: tf.Tensor) => layer().apply(x) as tf.Tensor,
  },
  'layer.set': {
    arguments: () => ({ values: { b1: tf.ones([3]) } }),
    run(values: core.Weights) {
      const one = layer();
      one.build([null, 2]);
      one.set(values);
    },
  },
  describeMemory: {
    arguments: () => ({ model: flow().model }),
    run: (model) => inn.describeMemory(model).length,
  },
  measureDrift: {
    arguments: () => ({ model: flow().model, x: points(), options: { limit: 1e-3, amplification: 10 } }),
    run: async (model, x, options) => (await inn.measureDrift(model, x, options)).map(({ error }) => error),
  },
  accumulate: {
    arguments: () => ({ optimizer: tf.train.sgd(0.1), batches: 2 }),
    run: (optimizer: tf.Optimizer, batches) => inn.accumulate(optimizer, batches).dispose(),
  },
  checkpoint: {
    arguments: () => ({ args: { layers: [tfl.layers.dense({ units: 2 })] } }),
    run: (args) => tf.tidy(() => inn.checkpoint(args).apply(normal([3, 4])) as tf.Tensor),
  },
  checkpointed: {
    arguments: () => ({ model: dense(), options: { segments: 1, batch: 2 } }),
    run: (model, options) => inn.checkpointed(model, options).segments.length,
  },
  memoryPlan: {
    arguments: () => ({ model: dense(), options: { batch: 2 } }),
    run: (model, options) => inn.memoryPlan(model, options).peakBytes,
  },
  driftMonitor: {
    arguments: () => ({
      model: flow().model,
      options: { limit: 1, amplification: 10, every: 1, onReport: () => {} },
    }),
    run: (model, options) => void inn.driftMonitor(model, options),
  },
  driftGuard: {
    arguments: () => ({
      model: flow().model,
      options: { limit: 1e-3, action: 'skip' as const, retry: 10, onWarning: () => {} },
    }),
    run: (model, options) => void inn.driftGuard(model, options),
  },
  nanGuard: {
    arguments: () => ({ model: flow().model, options: { every: 3 } }),
    run: (model, options) => void inn.nanGuard(model, options),
  },
  movingAverage: {
    arguments: () => ({ model: flow().model, options: { decay: 0.9 } }),
    run: (model, options) => inn.movingAverage(model, options).dispose(),
  },
  learningRate: {
    arguments: () => ({ model: flow().model, schedule: () => 1e-3, options: { from: 1 } }),
    run: (model, schedule, options) => void inn.learningRate(model, schedule, options),
  },
  warmupCosine: {
    arguments: () => ({ options: { peak: 1e-3, total: 10, warmup: 2, floor: 0 } }),
    run: (options: inn.WarmupCosineOptions) => [0, 5, 20].map(inn.warmupCosine(options)),
  },
  exponentialDecay: {
    arguments: () => ({ options: { start: 1e-3, factor: 0.5, every: 3 } }),
    run: (options: { start: number; every: number }) => [0, 5, 20].map(inn.exponentialDecay(options)),
  },
  clipByGlobalNorm: {
    arguments: () => ({ optimizer: tf.train.sgd(1), limit: 1 }),
    run: (optimizer: tf.Optimizer, limit) => void inn.clipByGlobalNorm(optimizer, limit),
  },
  progress: {
    arguments: () => ({ bar: { start() {}, update() {}, stop() {} }, options: { steps: 3 } }),
    run: (bar, options) => void inn.progress(bar, options),
  },
  fitDensity: {
    arguments: () => ({
      flow: flow(),
      logDensity: (x: tf.Tensor) => tf.neg(tf.sum(tf.square(x), 1)),
      options: {
        steps: 1,
        batchSize: 2,
        seed: 1,
        optimizer: tf.train.sgd(1e-3),
        condition: undefined,
        onStep: () => {},
      },
    }),
    run: (f, density, options) => inn.fitDensity(f, density, options),
  },
  reverseKl: {
    arguments: () => ({
      flow: flow(),
      logDensity: (x: tf.Tensor) => tf.neg(tf.sum(tf.square(x), 1)),
      options: { samples: 2, seed: 1, condition: undefined },
    }),
    run: (f, density, options) => inn.reverseKl(f, density, options),
  },
  mapEstimate: {
    arguments: () => ({
      flow: flow(),
      logLikelihood: (x: tf.Tensor) => tf.neg(tf.sum(tf.square(x), 1)),
      options: { steps: 1, start: points(), optimizer: tf.train.sgd(1e-3), condition: undefined },
    }),
    run: async (f, likelihood, options) => Object.values(await inn.mapEstimate(f, likelihood, options)),
  },
  setWeights: {
    arguments: () => ({ flow: flow(), weights: flow().weights(), options: { partial: false } }),
    run: (f: inn.Flow, weights: core.Weights, options: inn.SetWeightsOptions) =>
      inn.setWeights(f, weights, options),
  },
  flowForward: {
    arguments: () => ({
      model: tfl.sequential({ layers: [layer()] }),
      x: points(),
      options: { condition: undefined },
    }),
    run: (model: tfl.Sequential, x: tf.Tensor, options: object) =>
      Object.values(inn.flowForward(model, x, options)),
  },
  flowInverse: {
    arguments: () => ({
      model: tfl.sequential({ layers: [layer()] }),
      z: points(),
      options: { condition: undefined },
    }),
    run: (model: tfl.Sequential, z: tf.Tensor, options: object) =>
      Object.values(inn.flowInverse(model, z, options)),
  },
});

beforeAll(() => tf.setBackend('cpu'));

askAll({ ...functions(), ...methods(), ...networkCalls(), ...layerCalls() }, 5000);
