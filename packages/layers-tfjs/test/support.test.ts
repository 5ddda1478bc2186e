import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Where a density lives: a flow takes what it has drawn, and gives 0 to what it never draws, for that sample alone. */

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Flows whose support is not the whole space, with a sample of two numbers that lies outside. */
const bounded: Record<string, { flow(): inn.Flow; outside: [number, number] }> = {
  logit: { flow: () => flowOf([core.logit()]), outside: [0.5, 1.5] },
  'logit, wide': { flow: () => flowOf([core.logit({ alpha: 1e-3 })]), outside: [-0.1, 0.5] },
  'a sigmoid, reversed': {
    flow: () => flowOf([core.reverse(core.sigmoid({ low: -0.1, high: 0.3 }))]),
    outside: [0.31, 0],
  },
  'an arctangent, reversed': { flow: () => flowOf([core.reverse(core.arctan())]), outside: [0, -1.01] },
  'a softplus, reversed': { flow: () => flowOf([core.reverse(core.softplus())]), outside: [-0.01, 1] },
  'a logit in the middle': {
    flow: () => flowOf([core.scaling({ scale: 0.5 }), core.logit(), core.affineCoupling({ hidden: 4 })]),
    outside: [2.5, 1],
  },
  'a uniform base': {
    flow: () => flowOf([core.affineCoupling({ hidden: 4 })], { kind: 'uniform', low: -1, high: 1 }),
    outside: [9, 9],
  },
};

const flowOf = (bijections: core.Bijection[], base?: core.DistributionSpec) => {
  const flow = inn.flow({ bijection: core.chain(bijections), shape: [2], ...(base && { base }) });
  flow.model.setWeights(
    flow.model.getWeights().map((w, i) => tf.add(w, tf.randomNormal(w.shape, 0, 0.2, 'float32', i + 1))),
  );
  return flow;
};
const values = (t: tf.Tensor) => Array.from(t.dataSync());

describe.each(Object.entries(bounded))('%s', (_, { flow: make, outside }) => {
  test.each([1, 10])('it accepts its own samples, at temperature %i', (temperature) => {
    const flow = make();
    const x = flow.sample(2000, {
      seed: 1,
      temperature: flow.head.base.name.startsWith('uniform') ? 1 : temperature,
    });
    const logProb = values(flow.logProb(x));
    expect(logProb.filter((v) => !Number.isFinite(v))).toEqual([]);
    expect(() => flow.forward(x)).not.toThrow();
  });

  test('a sample outside has density 0, and the others the one they have without it', () => {
    const flow = make();
    const x = flow.sample(3, { seed: 2 });
    const [, first, second, third] = values(flow.logProb(tf.concat([tf.tensor2d([outside]), x])));
    expect([first, second, third]).toEqual(values(flow.logProb(x)));
    expect(values(flow.logProb(tf.concat([tf.tensor2d([outside]), x])))[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  test('gradients of the samples inside are theirs', () => {
    const flow = make();
    const x = flow.sample(3, { seed: 2 });
    const slope = (t: tf.Tensor) =>
      tf.grad((u: tf.Tensor) => tf.sum(tf.slice(flow.logProb(u), [(t.shape[0] ?? 0) - 3])))(t);
    const both = values(slope(tf.concat([tf.tensor2d([outside]), x])));
    expect(both.slice(2)).toEqual(values(slope(x)));
  });
});

test('a layer that is asked for y refuses what is outside', () => {
  const flow = bounded.logit!.flow();
  const x = tf.tensor2d([[0.5, 1.5]]);
  expect(() => flow.forward(x)).toThrow(/numbers within .* got numbers from 0.5 to 1.5/);
  expect(() => flow.model.predict(x)).toThrow(/numbers within/);
  // The scope of a density ends with it, also where it throws.
  expect(() => flow.logProb(tf.zeros([0, 2]))).toThrow(/a batch of samples/);
  expect(() => flow.forward(x)).toThrow(/numbers within/);
});

test('bits per dimension are of the numbers that were given, not of those that were declared', () => {
  const layers = [core.conv1x1({ kind: 'lu' }), core.affineCoupling({ hidden: 4 })];
  const flow = inn.flow({ bijection: core.chain(layers), shape: [4, 4, 2] });
  const large = tf.randomUniform([2, 8, 8, 2], 0, 1, 'float32', 1);
  const nats = values(flow.logProb(large));
  expect(values(flow.bitsPerDim(large))[0]).toBeCloseTo(-nats[0]! / (128 * Math.LN2) + 8, 4);
});

test('more inputs than a layer has are refused', () => {
  const [x, c, d] = [tfl.input({ shape: [4] }), tfl.input({ shape: [3] }), tfl.input({ shape: [2] })];
  expect(() => inn.affineCoupling({ hidden: 4 }).apply([x, c, d])).toThrow(
    /x, or \[x, condition\], got 3 tensors/,
  );
  const y = inn.affineCoupling({ hidden: 4 }).apply([x, c]) as tfl.SymbolicTensor;
  expect(() => inn.gaussianLikelihood().apply([y, c, d])).toThrow(/z, or \[z, condition\]/);
  expect(() =>
    inn.flow({ bijection: inn.affineCoupling({ hidden: 4 }), shape: [4], condition: [3] }),
  ).not.toThrow();
});

test('pad cannot stand before a likelihood, in a layer, in a chain, or in a flow of core', () => {
  const layered = () => {
    const model = tfl.sequential();
    model.add(inn.pad({ inputShape: [3, 3, 2] }));
    model.add(inn.gaussianLikelihood());
  };
  const chained = () => inn.flow({ bijection: core.chain([core.pad(), core.squeeze()]), shape: [3, 3, 1] });
  const ofCore = () =>
    core.createWeights(core.flow({ bijection: core.chain([core.pad(), core.squeeze()]) }), [3, 3, 1]);
  for (const f of [layered, chained, ofCore])
    expect(f).toThrow(/keeps the number of dimensions, got .*pad.* from/);
});

test('logit: an alpha that float32 cannot tell from 0 beside 1 is refused; the smallest keeps 0 and 1 apart from infinity', () => {
  for (const alpha of [1e-8, 2 ** -25, 5.9e-8]) expect(() => core.logit({ alpha })).toThrow(/alpha .*got/);
  for (const alpha of [6.01e-8, 1e-7, 1e-6]) {
    const { y, logDet } = core.logit({ alpha }).forward(tf.tensor2d([[0, 1]]), {});
    // Within half a unit of the last place of 1 − α.
    expect(Math.abs(Math.log(alpha) - values(y)[0]!)).toBeLessThan(0.7);
    expect(Math.abs(values(y)[0]! + values(y)[1]!)).toBeLessThan(0.7);
    expect(values(logDet).every(Number.isFinite)).toBe(true);
  }
});
