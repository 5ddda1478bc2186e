import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());

/** A chain of steps by hand. */
const steps = (n: number) =>
  core.chain(
    Array.from({ length: n }, () => [
      core.actNorm(),
      core.glowCoupling({ hidden: 16, mixing: { kind: 'lu' } }),
    ]).flat(),
  );

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test('it learns a correlated normal distribution: log-likelihood near minus the entropy, samples of its covariance', async () => {
  const flow = inn.flow({ bijection: steps(2), shape: [2], seed: 1 });
  const A = tf.tensor2d([1, 0.8, 0, 0.6], [2, 2]);
  const data = (n: number, seed: number) => tf.add(tf.matMul(normal([n, 2], seed) as tf.Tensor2D, A), 3);
  flow.compile({ optimizer: tf.train.adam(0.01) });
  const x = data(2000, 1);
  const { history } = await flow.fit(x, {
    epochs: 6,
    batchSize: 200,
    shuffle: false,
    verbose: 0,
    validationData: data(200, 2),
  });
  const entropy = Math.log(2 * Math.PI * Math.E) + Math.log(0.6);
  const fresh = data(4000, 3);
  expect(Math.abs((await flow.evaluate(fresh)) - entropy)).toBeLessThan(0.05);
  expect(history.val_loss).toHaveLength(6);
  const drawn = flow.sample(4000, { seed: 5 });
  const { mean } = tf.moments(drawn, 0);
  values(mean).forEach((m) => {
    expect(Math.abs(m - 3)).toBeLessThan(0.1);
  });
  const centred = tf.sub(drawn, mean) as tf.Tensor2D;
  const covariance = values(tf.div(tf.matMul(tf.transpose(centred), centred), 4000));
  [1, 0.8, 0.8, 1].forEach((c, i) => {
    expect(Math.abs(covariance[i]! - c)).toBeLessThan(0.12);
  });
});

test('logProb is the density: it integrates to one, and agrees with forward, inverse and evaluate', async () => {
  const flow = inn.flow({ bijection: steps(2), shape: [2], base: { kind: 'logistic' }, seed: 3 });
  const axis = tf.linspace(-25, 25, 251);
  const [a, b] = tf.meshgrid(axis, axis) as [tf.Tensor, tf.Tensor];
  const grid = tf.stack([tf.reshape(a, [-1]), tf.reshape(b, [-1])], 1);
  expect(tf.sum(tf.mul(tf.exp(flow.logProb(grid)), 0.2 ** 2)).dataSync()[0]).toBeCloseTo(1, 3);
  const x = normal([6, 2], 1);
  const { z, logDet } = flow.forward(x);
  const back = flow.inverse(z);
  expect(await relativeError(back.x, x)).toBeLessThan(1e-5);
  expect(await relativeError(tf.neg(back.logDet), logDet)).toBeLessThan(1e-5);
  expect(await flow.evaluate(x)).toBeCloseTo(-values(tf.mean(flow.logProb(x)))[0]!, 4);
  expect(values(flow.bitsPerDim(x, { levels: 4 }))[0]).toBeCloseTo(
    -values(flow.logProb(x))[0]! / (2 * Math.LN2) + 2,
    4,
  );
});

test('samples: reproducible by seed, shrunk by temperature, and without a forward pass before', () => {
  const flow = inn.flow({ bijection: steps(1), shape: [4] });
  const draw = (seed: number, temperature = 1) => values(flow.sample(50, { seed, temperature }));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const spread = (v: number[]) => Math.sqrt(v.reduce((s, a) => s + a * a, 0) / v.length);
  expect(spread(draw(7, 0.1))).toBeLessThan(0.2 * spread(draw(7)));
});

test('a conditional flow learns its posterior; posterior() asks it for one condition; nothing leaks', async () => {
  const flow = inn.flow({
    bijection: inn.affineCoupling({ hidden: 16, flip: true }),
    shape: [2],
    condition: [1],
    base: { kind: 'conditionalNormal', hidden: 16 },
  });
  flow.compile({ optimizer: tf.train.adam(0.01) });
  const c = normal([2000, 1], 1);
  // x = [2c, −c] + noise
  const x = tf.add(tf.matMul(c as tf.Tensor2D, tf.tensor2d([[2, -1]])), tf.mul(normal([2000, 2], 2), 0.5));
  await flow.fit(x, { condition: c, epochs: 12, batchSize: 200, shuffle: false, verbose: 0 });
  const before = tf.memory().numTensors;
  const one = tf.tensor1d([0.7]);
  const posterior = flow.posterior(one);
  const { mean, deviation } = posterior.moments(2000, { seed: 4 });
  [1.4, -0.7].forEach((m, i) => {
    expect(Math.abs(values(mean)[i]! - m)).toBeLessThan(0.1);
    expect(Math.abs(values(deviation)[i]! - 0.5)).toBeLessThan(0.1);
  });
  const points = tf.tensor2d([
    [1.4, -0.7],
    [3, 3],
  ]);
  const density = posterior.logProb(points);
  const [near, far] = values(density);
  expect(near!).toBeGreaterThan(far! + 5);
  posterior.dispose();
  tf.dispose([one, mean, deviation, points, density]);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => flow.sample(3)).toThrow(/expected a condition \[3, 1\] or \[1, 1\], got none/);
});

/** As a file holds it. */
async function saved(flow: inn.Flow): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts = {};
  await flow.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = JSON.parse(JSON.stringify(given, (_, v: unknown) => (v instanceof ArrayBuffer ? null : v)));
      artifacts.weightData = given.weightData as ArrayBuffer;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return artifacts;
}

test('a flow of bijections that were put together in code is the same when loaded', async () => {
  const norm = () => core.actNorm({ centred: true });
  const inner = core.chain([norm(), core.reverse(core.conv1x1({ kind: 'lu', seed: 3 }))], {
    keys: ['my_norm', 'Mix'],
  });
  const last = core.affineCoupling({ conditioner: { kind: 'resNet', hidden: 4 }, scale: 'doubleSigmoid' });
  const bijection = core.chain([inner, core.squeeze(), core.split({ shape: [2, 2, 8] }, core.chain([last]))]);
  const flow = inn.flow({ bijection, shape: [4, 4, 2], seed: 2 });
  const x = normal([5, 4, 4, 2], 1);
  await flow.fit(x, { epochs: 2, verbose: 0 });
  const loaded = await inn.loadFlow(tf.io.fromMemory(await saved(flow)));
  expect(values(loaded.logProb(x))).toEqual(values(flow.logProb(x)));
  expect(String(loaded.bijection)).toBe(String(flow.bijection));
  // It trains on, and can be saved again.
  await loaded.fit(x, { epochs: 1, verbose: 0 });
  const again = await inn.loadFlow(tf.io.fromMemory(await saved(loaded)));
  expect(values(again.logProb(x))).toEqual(values(loaded.logProb(x)));
});

test('recipes that no file should hold are refused', () => {
  const make = () => core.actNorm();
  const of = (recipe: unknown) => () => core.fromRecipe(recipe as core.Recipe, make);
  const chain = { combinator: 'chain' };
  const wrong = [
    null,
    3,
    {},
    chain,
    { ...chain, members: [3] },
    { combinator: 'reverse' },
    { className: 'A' },
  ];
  for (const recipe of wrong) expect(of(recipe)).toThrow(core.InvertibleError);
  expect(of({ combinator: 'split' })).toThrow(/shape to be/);
  let deep: unknown = { className: 'InvertibleActNorm', config: {} };
  for (let k = 0; k < 10_000; k++) deep = { combinator: 'reverse', part: deep };
  expect(of(deep)).toThrow(/at most 100 bijections/);
  const given = { recipe: { className: 'InvertibleOfNobody', config: {} } };
  const { InvertibleBijection } = tf.serialization.SerializationMap.getMap().classNameMap;
  expect(() => InvertibleBijection?.[1](InvertibleBijection[0], given)).toThrow(
    /a kind of bijection that is registered, got InvertibleOfNobody/,
  );
});

test('saved and loaded it is the same flow; one of a hand-made bijection says why it cannot be saved', async () => {
  const flow = inn.flow({
    bijection: inn.hintCoupling({ hidden: 8, leaf: 1 }),
    shape: [4],
    base: { kind: 'mixtureOfNormals', components: 3 },
    seed: 2,
  });
  let saved: tf.io.ModelArtifacts | undefined;
  await flow.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await inn.loadFlow(tf.io.fromMemory(saved!));
  const x = normal([5, 4], 1);
  expect(values(loaded.logProb(x))).toEqual(values(flow.logProb(x)));
  expect(values(loaded.sample(5, { seed: 3 }))).toEqual(values(flow.sample(5, { seed: 3 })));
  const byHand = inn.flow({ bijection: core.chain([{ ...core.actNorm() }]), shape: [4] });
  await expect(byHand.save(tf.io.withSaveHandler(async () => ({}) as tf.io.SaveResult))).rejects.toThrow(
    /put together by hand/,
  );
  expect(String(flow)).toMatch(/Flow of hintCoupling on \[4\], base mixtureOfNormals, \d+ weights/);
});

test('without a seed a draw is another one each time; with one it repeats', () => {
  const flow = inn.flow({ bijection: steps(1), shape: [2] });
  expect(values(flow.sample(4))).not.toEqual(values(flow.sample(4)));
  expect(values(flow.sampleLatent(4))).not.toEqual(values(flow.sampleLatent(4)));
  expect(values(flow.sample(4, { seed: 0 }))).toEqual(values(flow.sample(4, { seed: 0 })));
});

test('n samples for each of many conditions come in one call, each under its own', () => {
  const flow = inn.flow({ bijection: inn.conditionalAffine({ hidden: 4 }), shape: [2], condition: [3] });
  flow.layer.setWeights(flow.layer.getWeights().map((w, i) => normal(w.shape, i)));
  const condition = normal([5, 3], 9);
  const before = tf.memory().numTensors;
  const drawn = flow.sample(6, { condition, each: true, seed: 2 });
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(drawn.shape).toEqual([5, 6, 2]);
  const z = flow.sampleLatent(30, { condition: normal([1, 3], 1), seed: 2 });
  const own = tf.slice(condition, [3, 0], [1, 3]);
  const third = flow.inverse(tf.slice(z, [18, 0], [6, 2]), { condition: own }).x;
  expect(values(third)).toEqual(values(tf.reshape(tf.slice(drawn, [3, 0, 0], [1, 6, 2]), [6, 2])));
  expect(() => flow.sample(6, { each: true })).toThrow(/conditions \[m, …\] to draw for each of, got none/);
});

test('the weight of a sample counts it so many times', async () => {
  const x = normal([8, 2], 4);
  const read = (flow: inn.Flow) => flow.model.getWeights().flatMap(values);
  const trained = async (data: tf.Tensor, sampleWeight?: tf.Tensor) => {
    const flow = inn.flow({ bijection: inn.affineCoupling({ hidden: 4 }), shape: [2], seed: 1 });
    flow.compile({ optimizer: tf.train.sgd(0.1) });
    const args = {
      batchSize: 16,
      shuffle: false,
      epochs: 3,
      verbose: 0,
      ...(sampleWeight && { sampleWeight }),
    };
    const { history } = await flow.fit(data, args);
    return [...read(flow), ...(history.loss as number[])];
  };
  // The first half twice: over a batch of 12, against weights 8/12 of 2 and 1 over one of 8.
  const twice = await trained(tf.concat([x, tf.slice(x, [0, 0], [4, 2])], 0));
  const weighted = await trained(x, tf.mul(tf.tensor1d([2, 2, 2, 2, 1, 1, 1, 1]), 8 / 12));
  for (const [i, v] of twice.entries()) expect(weighted[i]).toBeCloseTo(v, 5);
  const flow = inn.flow({ bijection: steps(1), shape: [2] });
  await expect(flow.fit(x, { sampleWeight: tf.ones([3]) })).rejects.toThrow(/a sampleWeight of shape \[8\]/);
});

test('a set of any size is a condition', async () => {
  const bijection = core.embedCondition(
    core.realNvp({ layers: 2, hidden: 4 }),
    core.deepSet({ hidden: 4, out: 3 }),
  );
  const flow = inn.flow({ bijection, shape: [2], condition: [null, 3] });
  for (const members of [2, 7]) {
    const condition = normal([8, members, 3], members);
    await flow.fit(normal([8, 2], 1), { condition, verbose: 0 });
    expect(flow.sample(8, { condition, seed: 1 }).shape).toEqual([8, 2]);
    expect(values(flow.logProb(normal([8, 2], 2), { condition })).every(Number.isFinite)).toBe(true);
  }
  expect(() => flow.sample(8, { condition: normal([8, 2, 4], 1) })).toThrow(
    /a condition \[8, \?, 3\] or \[1, \?, 3\]/,
  );
});
