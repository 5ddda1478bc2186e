import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

/** Weights that a bijection of core has, for one sample. */
const counted = (b: core.Bijection, shape: number[], condition?: number[]) =>
  b
    .weights([1, ...shape], condition && [1, ...condition])
    .reduce((sum, spec) => sum + spec.shape.reduce((n, k) => n * k, 1), 0);

test.each([1, 2, 5])('every option of a network reaches it: %i steps or layers', (n) => {
  const [shape, condition, image] = [[4], [3], [4, 4, 2]];
  const hidden = 4;
  const pairs: [inn.Flow, number][] = [
    [inn.glow({ shape, steps: n, hidden }), counted(core.glow({ shape, steps: n, hidden }), shape)],
    [
      inn.conditionalGlow({ shape, condition, steps: n, hidden }),
      counted(core.conditionalGlow({ shape, steps: n, hidden }), shape, condition),
    ],
    [
      inn.multiscaleHint({ shape: image, steps: n, hidden }),
      counted(core.multiscaleHint({ shape: image, steps: n, hidden }), image),
    ],
    [inn.hint({ shape, layers: n, hidden }), counted(core.hint({ layers: n, hidden }), shape)],
    [inn.realNvp({ shape, layers: n, hidden }), counted(core.realNvp({ layers: n, hidden }), shape)],
    [inn.nice({ shape, layers: n, hidden }), counted(core.nice({ layers: n, hidden }), shape)],
    [
      inn.iunet({ shape: image, couplings: n, levels: 1, hidden }),
      counted(core.iunet({ couplings: n, levels: 1, hidden }), image),
    ],
  ];
  for (const [flow, weights] of pairs) expect(flow.model.countParams()).toBe(weights);
});

test('a bad number of steps is refused, which shows that core sees it', () => {
  expect(() => inn.glow({ shape: [4], steps: -3, hidden: 4 })).toThrow(/steps/);
});

test('batch normalisation inside a chain is refused in training, where nobody gives it its statistics', async () => {
  const flow = inn.flow({
    bijection: core.chain([core.batchNorm(), core.affineCoupling({ hidden: 4 })]),
    shape: [2],
  });
  await expect(flow.fit(normal([8, 2], 1), { verbose: 0 })).rejects.toThrow(
    /batchNorm: expected to be trained as a layer of its own/,
  );
  expect(values(flow.logProb(normal([8, 2], 1))).every(Number.isFinite)).toBe(true);
});

test('dropout deep inside a conditioner is drawn again, and unseeded noise there is refused', async () => {
  const nested =
    (layer: () => tfl.layers.Layer): inn.ModelFactory =>
    (shape, out) =>
      tfl.sequential({
        layers: [
          tfl.sequential({ layers: [tfl.layers.dense({ units: 8, inputShape: shape }), layer()] }),
          tfl.layers.dense({ units: out }),
        ],
      });
  const conditioner = nested(() => tfl.layers.dropout({ rate: 0.5 }));
  const model = tfl.sequential({ layers: [inn.affineCoupling({ conditioner, inputShape: [4] })] });
  const [row] = await inn.measureDrift(model, normal([16, 4], 1));
  expect(row!.error).toBeLessThan(1e-5);
  const noisy = nested(() => tfl.layers.gaussianNoise({ stddev: 1, name: 'deep' }));
  expect(() =>
    inn.affineCoupling({ conditioner: noisy, inputShape: [4] }).apply(tfl.input({ shape: [4] })),
  ).toThrow(/deep/);
});

test('an output whose log-determinant has been disposed is a tensor like any other', () => {
  const [a, b] = [inn.actNorm({ inputShape: [4] }), inn.actNorm({ inputShape: [4] })];
  const y = tf.tidy(() => tfl.sequential({ layers: [a] }).apply(normal([3, 4], 1)) as tf.Tensor);
  const model = tfl.sequential({ layers: [b, inn.gaussianLikelihood()] });
  expect(values(model.apply(y) as tf.Tensor).every(Number.isFinite)).toBe(true);
});

test('layers of a model that are applied by hand leave the tensors of the user alone', () => {
  const model = tfl.sequential();
  for (let k = 0; k < 3; k++)
    model.add(inn.additiveCoupling({ hidden: 4, seed: k, ...(k === 0 && { inputShape: [4] }) }));
  const x = normal([3, 4], 1);
  const dx = tf.grad((t: tf.Tensor) => tf.sum(model.layers[1]!.apply(t) as tf.Tensor))(x);
  expect(x.isDisposed).toBe(false);
  expect(dx.shape).toEqual([3, 4]);
  const { value } = tf.variableGrads(() => {
    const seen: tf.Tensor[] = [x];
    for (const layer of model.layers) seen.push(layer.apply(seen.at(-1)!) as tf.Tensor);
    return tf.sum(tf.addN(seen)) as tf.Scalar;
  });
  expect(Number.isFinite(values(value)[0]!)).toBe(true);
});

test('a batch that is refused leaves no guard and no monitor behind', async () => {
  const model = tfl.sequential();
  model.add(inn.affineCoupling({ hidden: 4, inputShape: [4] }));
  model.add(inn.actNorm());
  model.add(inn.gaussianLikelihood());
  model.compile({ optimizer: 'sgd', loss: inn.nll });
  const [x, none] = [normal([16, 4], 1), tf.zeros([16, 1])];
  const bad = tf.fill([16, 4], Number.NaN);
  await model.fit(x, none, { verbose: 0 });
  const callbacks = [inn.nanGuard(model), inn.driftMonitor(model, { every: 1 })] as never;
  await expect(model.fit(bad, none, { verbose: 0, callbacks })).rejects.toThrow(/NaN/);
  const before = tf.memory().numTensors;
  await model.fit(x, none, { epochs: 3, verbose: 0 });
  expect(tf.memory().numTensors).toBe(before);
});

test('fitDensity and mapEstimate leave only what they return', async () => {
  const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 4 });
  const energy = (x: tf.Tensor) => tf.mul(-0.5, tf.sum(tf.square(x), 1));
  const before = tf.memory().numTensors;
  await inn.fitDensity(flow, energy, { steps: 2 });
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(Object.values(await inn.mapEstimate(flow, energy, { steps: 2 })));
  expect(tf.memory().numTensors).toBe(before);
  const learned = inn.realNvp({ shape: [2], layers: 1, hidden: 4, base: { kind: 'diagonalNormal' } });
  await expect(inn.fitDensity(learned, energy, { steps: 1 })).rejects.toThrow(/a base without weights/);
});

test('clipping passes over variables that the loss does not depend on', () => {
  const [a, b] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(4))];
  inn.clipByGlobalNorm(tf.train.sgd(1), 1).minimize(() => tf.square(a) as tf.Scalar, false, [a, b]);
  expect([...values(a), ...values(b)]).toEqual([2, 4]);
});

test('layers inside a split keep their seed, and stay frozen', () => {
  const build = (seed: number, trainable = true) => {
    const inner = inn.affineCoupling({ hidden: 4, seed, trainable });
    const model = tfl.sequential({ layers: [inn.split({ layers: [inner], inputShape: [8] })] });
    return model;
  };
  expect(build(1).getWeights().map(values)).not.toEqual(build(2).getWeights().map(values));
  expect(build(1, false).trainableWeights).toHaveLength(0);
  expect(build(1).trainableWeights.length).toBeGreaterThan(0);
});

test('any likelihood head ends a flow; a condition of the wrong shape leaks nothing', () => {
  const model = tfl.sequential();
  model.add(inn.actNorm({ inputShape: [4] }));
  model.add(inn.likelihood({ base: { kind: 'logistic' } }));
  const { z } = inn.flowForward(model, normal([3, 4], 1));
  expect(z.shape).toEqual([3, 4]);
  const flow = inn.realNvp({ shape: [2], condition: [3], layers: 1, hidden: 4 });
  const wrong = normal([1, 5], 1);
  const before = tf.memory().numTensors;
  expect(() => flow.posterior(wrong)).toThrow(/expected a condition/);
  expect(tf.memory().numTensors).toBe(before);
});
