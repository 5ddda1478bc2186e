import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { askAll, type Call, type Named } from './misuse';

const points = () => tf.randomUniform([3, 2], 0.1, 0.9, 'float32', 1);
const image = (n = 1) => tf.randomUniform([2, 4, 4, n], 0.1, 0.9, 'float32', 2);
const weightsOf = (thing: Parameters<typeof core.createWeights>[0], shape: number[], condition?: number[]) =>
  core.createWeights(thing, shape, { seed: 1, ...(condition && { condition }) });
const blur = core.convolutionOperator([[0.1, 0.2, 0.1]]);
const scale = core.scaling({ scale: 2 });
const coupling = core.affineCoupling({ hidden: 3 });

/** A dataset: drawn from, and its density. */
const dataset = (make: (options: never) => core.Dataset, options: Named): Call => ({
  arguments: () => ({ options, n: 4, draw: { seed: 1 }, x: points() }),
  run(given, n, draw, x) {
    const set = make(given);
    return [
      set.sample(n, draw),
      ...set.window.flat(),
      String(set),
      set.logProb ? inside(set.logProb(x)) : [],
    ];
  },
});

/** A distribution: drawn from, its density and its weights. */
const distribution = (
  make: (options: never) => core.Distribution,
  options: Named,
  condition?: () => tf.Tensor,
): Call => ({
  arguments: () => {
    const w = weightsOf(make(options as never), [2], condition?.().shape.slice(1));
    const c = condition?.();
    const draw = { seed: 1, temperature: 0.7, w, ...(c && { condition: c }) };
    return { options, n: 3, shape: [2], draw, z: points(), w, ...(c && { c }) };
  },
  run(given, n, shape, draw, z, w, c) {
    const d = make(given);
    return [d.sample(n, shape, draw), inside(d.logProb(z, w, c)), String(d)];
  },
});

/** −∞ is the density outside of the support. */
const inside = (t: tf.Tensor) => tf.maximum(t, -1e38);

const projected = (make: (options: never) => core.Projection, options: () => Named): Call => ({
  arguments: () => ({ options: options(), x: points() }),
  run: (given, x) => make(given)(x),
});

const penalty = (make: (options: never) => core.Penalty, options: Named): Call => ({
  arguments: () => ({ options, x: image() }),
  run(given, x) {
    const { value, prox } = make(given);
    return [value(x), prox(x, 0.5)];
  },
});

/** A conditioner by itself. */
const conditioner = (make: (options: never) => core.Conditioner, options: Named): Call => ({
  arguments: () => ({ options }),
  run(given) {
    const net = make(given);
    const w = Object.fromEntries(net.weights([2, 4, 4, 2], 3).map((s) => [s.name, s.initialize(1)]));
    return net.forward(image(2), w);
  },
});

const calls: Record<string, Call> = {
  banana: dataset(core.banana, { c: [1, 4] }),
  checkerboard: dataset(core.checkerboard, {}),
  eightGaussians: dataset(core.eightGaussians, { radius: 3, deviation: 0.35 }),
  pinwheel: dataset(core.pinwheel, { arms: 5, rate: 0.25 }),
  rings: dataset(core.rings, { rings: 4, noise: 0.08 }),
  spirals: dataset(core.spirals, { noise: 0.1 }),
  swirl: dataset(core.swirl, { noise: 1 }),
  twoMoons: dataset(core.twoMoons, { noise: 0.1 }),

  normal: distribution(core.normal, {}),
  logistic: distribution(core.logistic, {}),
  studentT: distribution(core.studentT, { df: 3, scale: 2 }),
  uniform: distribution(core.uniform, { low: 0, high: 1 }),
  normalOrUniform: distribution(core.normalOrUniform, { bounds: [[0, 1], null] }),
  diagonalNormal: distribution(core.diagonalNormal, {}),
  conditionalNormal: distribution(core.conditionalNormal, { clamp: 2 }, () => tf.ones([3, 4])),
  mixtureOfNormals: distribution(core.mixtureOfNormals, { components: 3, trainable: true }),
  flow: distribution(core.flow, { bijection: coupling, base: core.mixtureOfNormals() }),
  distributionOf: distribution(core.distributionOf, { kind: 'uniform', low: 0, high: 1 }),

  dequantize: {
    single: true,
    arguments: () => ({ x: points(), options: { levels: 4, seed: 1 } }),
    run: (x, options) => core.dequantize(x, options),
  },
  variationalDequantization: {
    arguments: () => {
      const w = weightsOf(coupling, [3, 2], [3, 2]);
      return { bijection: coupling, options: { levels: 4 }, shape: [2], x: points(), w, draw: { seed: 1 } };
    },
    run(bijection, options, shape, x, w, draw) {
      const noise = core.variationalDequantization(bijection, options);
      noise.weights(shape);
      return Object.values(noise.sample(x, w, draw));
    },
  },

  bitsPerDim: {
    single: true,
    arguments: () => ({ nll: tf.scalar(3), dims: 4, options: { levels: 256 } }),
    // What was NaN stays NaN: a training that went astray is told of.
    run: (nll, dims, options) => (typeof nll === 'number' ? [] : core.bitsPerDim(nll, dims, options)),
  },
  meanSquaredError: {
    single: true,
    arguments: () => ({ x: points(), y: points() }),
    run: (x, y) => core.meanSquaredError(x, y),
  },
  crossEntropyAt: {
    arguments: () => ({ labels: [{ at: [1, 2, 3], class: 1 }], logits: image(2) }),
    run: (labels, logits) => core.crossEntropyAt(labels)(logits),
  },
  intersectionOverUnion: {
    single: true,
    arguments: () => ({ a: points(), b: points(), options: { where: points() } }),
    run: (a, b, options) => core.intersectionOverUnion(a, b, options),
  },
  negativeLogLikelihood: {
    single: true,
    arguments: () => ({
      output: { y: points(), logDet: tf.zeros([3]) },
      options: { base: core.mixtureOfNormals(), w: weightsOf(core.mixtureOfNormals(), [2]) },
    }),
    run: (output, options) => core.negativeLogLikelihood(output, options),
  },
  psnr: {
    arguments: () => ({ x: image(), y: image(), options: { peak: 2 } }),
    run: (x, y, o) => core.psnr(x, y, o),
  },
  ssim: {
    arguments: () => ({ x: tf.ones([1, 11, 12, 1]), y: tf.zeros([1, 11, 12, 1]), options: { peak: 2 } }),
    run: (x, y, options) => core.ssim(x, y, options),
  },
  ranks: {
    arguments: () => ({ draws: image(), x: tf.ones([2, 4, 1]) }),
    run: (draws, x) => core.ranks(draws, x),
  },
  flowMatching: {
    single: true,
    arguments: () => {
      const flow = core.continuousFlow({ hidden: 3 });
      return { flow, x: points(), w: weightsOf(flow, [1, 2]), options: { seed: 1, condition: undefined } };
    },
    run: (flow, x, w, options) => core.flowMatching(flow, x, w, options),
  },
  crps: {
    arguments: () => ({ draws: image(), x: tf.ones([2, 4, 1]) }),
    run: (draws, x) => core.crps(draws, x),
  },
  rankHistogram: {
    arguments: () => ({ ranks: [0, 2, 3, 1], options: { draws: 3, bins: 2 } }),
    run: (ranks, options) => core.rankHistogram(ranks, options).counts,
  },
  coverage: {
    arguments: () => ({ ranks: [0, 2, 3, 1], options: { draws: 3, level: 0.5 } }),
    run: (ranks, options) => core.coverage(ranks, options),
  },
  distanceToSet: {
    arguments: () => ({ projection: core.box({ low: 0 }), x: points() }),
    run: (projection, x) => core.distanceToSet(projection)(x),
  },
  box: projected(core.box, () => ({ low: 0, high: tf.tensor1d([1, 2]) })),
  ball: projected(core.ball, () => ({ radius: 1, centre: tf.tensor1d([1, 2]) })),
  slab: projected(core.slab, () => ({ normal: tf.tensor1d([1, 2]), low: 0, high: 1 })),
  halfspace: projected(core.halfspace, () => ({ normal: tf.tensor1d([1, 2]), offset: 1 })),
  totalMass: projected(core.totalMass, () => ({ low: 0, high: 1 })),
  l1Ball: projected(core.l1Ball, () => ({ radius: 1, centre: tf.tensor1d([1, 2]) })),
  simplex: projected(core.simplex, () => ({ sum: 1 })),
  points: projected(core.points, () => ({ mask: tf.tensor1d([1, 0]), value: tf.tensor1d([3, 4]) })),
  monotone: projected(core.monotone, () => ({ axis: 1, direction: 'decreasing' })),
  area: projected(core.area, () => ({ least: 0.2, most: [0.6, 0.7, 0.8], inside: 0.7, outside: 0.3 })),
  totalVariation: {
    arguments: () => ({ options: { radius: 1, iterations: 3 }, x: image() }),
    run: (options, x) => core.totalVariation(options)(x),
  },
  intersection: {
    arguments: () => ({
      sets: [core.box({ low: 0 }), core.ball({ radius: 1 })],
      options: { rounds: 3 },
      x: points(),
    }),
    run: (sets, options, x) => core.intersection(sets, options)(x),
  },
  affineSet: projected(core.affineSet, () => ({
    apply: (x: tf.Tensor) => tf.mul(x, 2),
    pseudoInverse: (x: tf.Tensor) => tf.div(x, 2),
    b: points(),
  })),

  l1Penalty: penalty(core.l1Penalty, { weight: 0.1 }),
  totalVariationPenalty: penalty(core.totalVariationPenalty, {
    weight: 0.1,
    set: core.box({ low: 0 }),
    iterations: 2,
  }),
  fista: {
    arguments: () => ({
      operator: blur,
      d: image(),
      options: { penalty: core.l1Penalty({ weight: 0.1 }), steps: 2, step: 0.5 },
    }),
    run: (operator, d, options) => core.fista(operator, d, options),
  },
  gradientOperator: {
    arguments: () => ({ x: image() }),
    run: (x) => core.gradientOperator().apply(x),
  },
  poststackOperator: {
    arguments: () => ({ options: { frequency: 25, interval: 0.004, smoothing: 1 }, x: image() }),
    run: (options, x) => core.poststackOperator(options).apply(x),
  },

  convolutionOperator: {
    arguments: () => ({ kernel: [[1, 2, 1]], x: image() }),
    run(kernel, x) {
      const operator = core.convolutionOperator(kernel);
      return operator.adjoint(operator.apply(x));
    },
  },
  maskOperator: {
    arguments: () => ({ mask: tf.ones([1, 4, 4, 1]), x: image() }),
    run: (mask, x) => core.maskOperator(mask).apply(x),
  },
  radonOperator: {
    arguments: () => ({ options: { angles: [0, 1], size: 4, bins: 5 }, x: image() }),
    run(options, x) {
      const operator = core.radonOperator(options);
      const back = tf.tidy(() => operator.adjoint(operator.apply(x)));
      operator.dispose();
      return back;
    },
  },
  landweber: {
    arguments: () => ({ operator: blur, d: image(), options: { steps: 2, step: 0.5 } }),
    run: (operator, d, options) => core.landweber(operator, d, options),
  },
  squaredNorm: {
    arguments: () => ({ operator: blur, shape: [1, 4, 4, 1], options: { iterations: 2, seed: 1 } }),
    run: (operator, shape, options) => core.squaredNorm(operator, shape, options),
  },
  dotTest: {
    arguments: () => ({ operator: blur, shape: [1, 4, 4, 1], options: { seed: 1 } }),
    run: (operator, shape, options) => core.dotTest(operator, shape, options),
  },

  conditioning: {
    arguments: () => ({ bijection: scale, w: {}, shape: [1, 3] }),
    run: async (bijection, w, shape) => Object.values(await core.conditioning(bijection, w, shape)),
  },
  jacobian: {
    arguments: () => {
      const w = weightsOf(coupling, [3, 2], [3, 4]);
      const options = { of: 'both', condition: tf.ones([3, 4]) };
      return {
        bijection: coupling,
        w,
        x: points(),
        options,
        direction: { dx: points(), dw: w },
        dy: points(),
      };
    },
    run(bijection, w, x, options, direction, dy) {
      const J = core.jacobian(bijection, w, x, options);
      return [...Object.values(J.apply(direction)), J.adjoint(dy).dx ?? []];
    },
  },
  reversible: {
    single: true,
    arguments: () => {
      const w = weightsOf(coupling, [3, 2], [3, 4]);
      const options = { condition: tf.ones([3, 4]), logDet: tf.zeros([3]), consume: false };
      return { bijection: coupling, x: points(), w, options };
    },
    run: (bijection, x, w, options) => Object.values(core.reversible(bijection)(x, w, options)),
  },
  recomputed: {
    arguments: () => ({ options: { variables: [] }, inputs: [points()] }),
    run: (options, inputs) => core.recomputed(([x]) => [tf.square(x ?? 0)], options)(inputs),
  },
  driftProbe: {
    arguments: () => ({ options: { limit: 1, amplification: 10 } }),
    run: (options) => core.driftProbe(options).dispose(),
  },
  summary: {
    arguments: () => ({ bijection: coupling, shape: [3, 2], options: { condition: [3, 4], depth: 2 } }),
    run: (bijection, shape, options) => core.summary(bijection, shape, options),
  },
  pairOfStates: { arguments: () => ({ x: points() }), run: (x) => core.pairOfStates(x) },
  withMemory: {
    arguments: () => ({ eta: image(), memory: 2 }),
    run: (eta, memory) => core.withMemory(eta, memory),
  },
  createWeights: {
    single: true,
    arguments: () => ({ bijection: coupling, shape: [3, 2], options: { seed: 1, condition: [3, 4] } }),
    run: (bijection, shape, options) => Object.values(core.createWeights(bijection, shape, options)),
  },
  initialize: {
    single: true,
    arguments: () => {
      const options = { condition: tf.ones([3, 4]), seed: 1, direction: 'forward' };
      return { bijection: coupling, x: points(), options };
    },
    run: (bijection, x, options) => Object.values(core.initialize(bijection, x, options)),
  },
  fromTorch: {
    single: true,
    arguments: () => ({
      options: {
        library: 'nflows',
        bijection: [{ kind: 'ReversePermutation' }],
        weights: { '0._permutation': tf.tensor1d([1, 0], 'int32') },
      },
    }),
    run: async (options) => Object.values((await core.fromTorch(options)).weights),
  },
  upgradeWeights: {
    arguments: () => ({
      bijection: core.actNorm(),
      shape: [3, 2],
      weights: weightsOf(core.actNorm({ centred: false }), [3, 2]),
      options: { condition: [3, 4] },
    }),
    run: (bijection, shape, weights, options) =>
      Object.values(core.upgradeWeights(bijection, shape, weights, options)),
  },

  convNet: conditioner(core.convNet, { hidden: 3, kernel: 3, activation: 'relu' }),
  denseNet: conditioner(core.denseNet, { hidden: 3, layers: 1, activation: 'relu' }),
  residualBlock: conditioner(core.residualBlock, { hidden: 3, kernel: 1, inner: 3, dilation: 2, stride: 1 }),
  conditionerOf: conditioner(core.conditionerOf, { kind: 'conv', hidden: 3 }),
  resNet: conditioner(core.resNet, { hidden: 3 }),
  uNet: conditioner(core.uNet, { hidden: 3 }),
  attention: conditioner(core.attention, { hidden: 4, heads: 2 }),
  mlp: conditioner(core.mlp, { hidden: 3 }),
  vit: conditioner(core.vit, { hidden: 4, heads: 2, blocks: 1, patch: 2 }),
  conditionalResidualBlock: {
    arguments: () => ({ options: { hidden: 3, gated: true } }),
    run(options) {
      const net = core.conditionalResidualBlock(options);
      const specs = net.weights([2, 4, 4, 2], 3, [2, 5]);
      return net.forward(
        image(2),
        Object.fromEntries(specs.map((s) => [s.name, s.initialize(1)])),
        tf.ones([2, 5]),
      );
    },
  },
  deepSet: {
    arguments: () => ({
      options: { hidden: 3, layers: 1, out: 2, activation: 'relu' },
      c: tf.ones([2, 3, 4]),
    }),
    run(options, c) {
      const net = core.deepSet(options);
      return net.forward(c, Object.fromEntries(net.weights([2, 3, 4]).map((s) => [s.name, s.initialize(1)])));
    },
  },
  summaryNetwork: {
    arguments: () => ({ spec: { kind: 'dense', hidden: 3 }, out: 2 }),
    run: (spec, out) => core.summaryNetwork(spec, out).weights([2, 4]).length,
  },
  taped: {
    arguments: () => ({
      net: { weights: () => [], forward: (x: tf.Tensor) => tf.square(x), pushforward: () => null },
    }),
    run: (net) => core.taped(net).linearize(points(), {}).h,
  },
  network: {
    arguments: () => ({ body: core.convNet() }),
    run: (body) => core.network(body).weights([2, 4], 2).length,
  },

  chain: {
    single: true,
    arguments: () => ({ members: [scale, scale], options: { keys: ['a', 'b'] }, x: points() }),
    run: (members, options, x) => core.chain(members, options).forward(x, {}).y,
  },
  fromRecipe: {
    single: true,
    arguments: () => ({
      recipe: core.recipeOf(core.chain([core.reverse(core.scaling({ scale: 2 }))], { keys: ['a'] })),
      make: (_: string, options: object) => core.scaling(options),
      x: points(),
    }),
    run: (recipe, make, x) => core.fromRecipe(recipe, make).forward(x, {}).y,
  },
  reverse: {
    single: true,
    arguments: () => ({ b: scale, x: points() }),
    run: (b, x) => core.reverse(b).forward(x, {}).y,
  },
  pairwise: {
    single: true,
    arguments: () => ({ b: core.reverseChannels(), x: image(2) }),
    run: (b, x) => core.pairwise(b).forward(x, {}).y,
  },
  unconditional: {
    single: true,
    arguments: () => ({ b: scale, x: points() }),
    run: (b, x) => core.unconditional(b).forward(x, {}).y,
  },
  onPart: {
    single: true,
    arguments: () => ({ b: scale, options: { count: 1, which: 'first' }, x: points() }),
    run: (b, options, x) => core.onPart(b, options).forward(x, {}).y,
  },
  split: {
    single: true,
    arguments: () => ({ options: { shape: [4, 4, 4], keep: 2 }, b: scale, x: image(4) }),
    run: (options, b, x) => core.split(options, b).forward(x, {}).y,
  },
  graph: {
    single: true,
    arguments: () => ({
      options: {
        shape: [4, 4, 4],
        nodes: [
          { from: 'x', split: { a: 1, b: 3 } },
          { from: 'b', through: scale, to: 'c' },
          { join: ['a', 'c'], to: 'y' },
        ],
      },
      x: image(4),
    }),
    run: (options, x) => core.graph(options).forward(x, {}).y,
  },
  embedCondition: {
    arguments: () => ({ b: core.affineCoupling({ hidden: 3 }), s: core.deepSet({ out: 2 }), key: 'summary' }),
    run(b, s, key) {
      const map = core.embedCondition(b, s, key);
      const w = weightsOf(map, [3, 2], [3, 5, 2]);
      return map.forward(points(), w, tf.ones([3, 5, 2])).y;
    },
  },
};

/** Functions that are in no table, and why. */
const exceptions: Record<string, string> = {
  InvertibleError: 'is what the others throw',
  canReadSync: 'takes nothing',
  isTaping: 'takes nothing',
  registerKernels: 'takes nothing',
  checkOptions: 'is the check',
  checkDimensions: 'is the check',
  checkLivingTensor: 'is the check',
  refuse: 'is the check',
  checked: 'is for authors of bijections: its types say what it takes',
  defineBijection: 'is for authors of bijections: its types say what it takes',
  kindName: 'is for authors of bijections: its types say what it takes',
  joinEverywhere: 'is for authors of layers: its types say what it takes',
  defaultsOf: 'is for authors of layers: its types say what it takes',
  recipeOf: 'looks a bijection up; there is none of anything else',
  scored: 'takes one function and calls it at once, as tf.tidy does',
  noGrad: 'takes one function and calls it at once, as tf.tidy does',
  tidy: 'takes one function and calls it at once, as tf.tidy does',
  dryRun: 'takes one function and calls it at once, as tf.tidy does',
  record: 'takes one function and calls it at once, as tf.tidy does',
  childSeed: 'is arithmetic of seeds, which those that draw have checked',
  driftTensor: 'is the arithmetic of two tensors, for who watches a pass',
  withPrefix: 'renames',
  withoutPrefix: 'renames',
};

beforeAll(() => tf.setBackend('cpu'));

askAll(calls, 4000);

test('compositions that fail inside leave nothing behind', () => {
  const failing = (): never => {
    throw new Error('inside');
  };
  const first = core.affineCoupling({ hidden: 3 });
  const broken = core.checked({
    ...core.scaling({ scale: 2 }),
    forward: failing,
    inverse: failing,
    pullback: failing,
    inversePullback: failing,
    pushforward: failing,
    inversePushforward: failing,
  });
  const compositions: Record<string, core.Bijection> = {
    chain: core.chain([first, broken, first]),
    reverse: core.reverse(core.chain([first, broken, first])),
    split: core.split({ shape: [4, 4, 4] }, core.chain([first, broken, first])),
    onPart: core.onPart(core.chain([first, broken, first]), { count: 2 }),
    nested: core.chain([first, core.chain([first, core.pairwise(broken)])]),
  };
  const faults: string[] = [];
  for (const [name, b] of Object.entries(compositions)) {
    const x = image(4);
    const y = tf.zeros(b.outputShape(x.shape));
    const w = weightsOf(b, x.shape);
    const dL = tf.zeros([2]);
    const maps: Record<string, () => unknown> = {
      forward: () => b.forward(x, w),
      inverse: () => b.inverse(y, w),
      pullback: () => b.pullback(y, y, dL, w),
      inversePullback: () => b.inversePullback(x, x, dL, w),
      pushforward: () => b.pushforward(x, x, w, w),
      inversePushforward: () => b.inversePushforward(y, y, w, w),
    };
    for (const [map, run] of Object.entries(maps)) {
      const before = tf.memory().numTensors;
      expect(run).toThrow('inside');
      const left = tf.memory().numTensors - before;
      if (left > 0) faults.push(`${map} of ${name} leaves ${left}`);
    }
  }
  expect(faults).toEqual([]);
});

test('every function that core exports is in the table, a kind, or an exception with a reason', () => {
  const functions = Object.entries(core).filter(([, value]) => typeof value === 'function');
  const known = functions.filter(([name, f]) => 'metadata' in f || name in calls || name in exceptions);
  const names = (list: typeof functions) => list.map(([name]) => name);
  expect(names(functions)).toEqual(names(known));
  for (const name of [...Object.keys(calls), ...Object.keys(exceptions)]) expect(core).toHaveProperty(name);
});
