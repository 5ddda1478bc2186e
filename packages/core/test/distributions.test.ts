import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

type Numbers = Record<string, number[]>;
const sum = (v: number[]) => v.reduce((total, u) => total + u, 0);
const logN = (e: number) => -0.5 * e ** 2 - 0.5 * Math.log(2 * Math.PI);

interface Entry {
  make: () => core.Distribution;
  shape: number[];
  condition?: number[];
  /** log p of one sample in float64. */
  reference(z: number[], w: Numbers, c: number[]): number;
}

const mixture = (z: number[], w: Numbers) => {
  const [K, D] = [w.logits!.length, z.length];
  const terms = Array.from({ length: K }, (_, k) => {
    const own = z.map((v, i) => {
      const l = w.logDeviations![k * D + i]!;
      return logN((v - w.means![k * D + i]!) / Math.exp(l)) - l;
    });
    return Math.exp(w.logits![k]! + sum(own));
  });
  return Math.log(sum(terms) / sum(w.logits!.map(Math.exp)));
};

const entries: Record<string, Entry> = {
  normal: { make: () => core.normal(), shape: [2, 3], reference: (z) => sum(z.map(logN)) },
  diagonalNormal: {
    make: () => core.diagonalNormal(),
    shape: [3, 2],
    reference: (z, w) =>
      sum(
        z.map((v, i) => {
          const [b, l] = [w['flow/bias']![i]!, w['flow/logScale']![i]!];
          return logN((v - b) / Math.exp(l)) - l;
        }),
      ),
  },
  conditionalNormal: {
    make: () => core.conditionalNormal({ conditioner: { kind: 'dense', layers: 0 } }),
    shape: [2],
    condition: [3],
    reference: (z, w, c) => {
      const h = w['flow/b1']!.map((b, j) => b + sum(c.map((v, i) => v * w['flow/W1']![4 * i + j]!)));
      return sum(
        z.map((v, i) => {
          const l = 2 * Math.tanh(h[i]! / 2);
          return logN((v - h[i + 2]!) / Math.exp(l)) - l;
        }),
      );
    },
  },
  normalOrUniform: {
    make: () => core.normalOrUniform({ bounds: [[-9, 7], null, [-8, 8]] }),
    shape: [2, 3],
    reference: (z) => logN(z[1]!) + logN(z[4]!) - 4 * Math.log(16),
  },
  mixtureOfNormals: {
    make: () => core.mixtureOfNormals({ components: 3 }),
    shape: [2, 1],
    reference: mixture,
  },
  uniform: { make: () => core.uniform({ low: -3, high: 4 }), shape: [2], reference: () => -2 * Math.log(7) },
  logistic: {
    make: () => core.logistic(),
    shape: [3],
    reference: (z) => sum(z.map((v) => -v - 2 * Math.log1p(Math.exp(-v)))),
  },
  // Γ(3/2) = √π/2, Γ(2) = 1 and Γ(5/2) = 3√π/4.
  'studentT of 3 degrees': {
    make: () => core.studentT({ df: 3, scale: 2 }),
    shape: [3],
    reference: (z) => sum(z.map((v) => Math.log(1 / (Math.PI * Math.sqrt(3))) - 2 * Math.log1p(v ** 2 / 12))),
  },
  'studentT of 4 degrees': {
    make: () => core.studentT({ df: 4 }),
    shape: [2],
    reference: (z) => sum(z.map((v) => Math.log(3 / 8) - 2.5 * Math.log1p(v ** 2 / 4))),
  },
  'flow, scaled to a mixture': {
    make: () =>
      core.flow({
        bijection: core.scaling({ scale: [2, -0.5], shift: 1 }),
        base: core.mixtureOfNormals({ components: 3 }),
      }),
    shape: [2],
    reference: (z, w) => {
      const base = Object.fromEntries(Object.entries(w).map(([name, v]) => [name.slice('base/'.length), v]));
      return mixture([2 * z[0]! + 1, -0.5 * z[1]! + 1], base);
    },
  },
};

/** Weights away from their start. */
const weightsOf = (d: core.Distribution, shape: number[], condition?: number[]): core.Weights =>
  Object.fromEntries(
    d
      .weights(shape, condition)
      .map(({ name, shape: s }, i) => [name, tf.randomNormal([...s], 0, 0.5, 'float32', 11 + i)]),
  );
const numbers = (w: core.Weights): Numbers =>
  Object.fromEntries(Object.entries(w).map(([name, t]) => [name, Array.from(t.dataSync())]));
const rows = (t: tf.Tensor): number[][] =>
  tf.tidy(() => tf.reshape(t, [t.shape[0], -1]).arraySync() as number[][]);

/** The largest distance of a from b, over the largest number of b or 1. */
const distance = (a: number[], b: number[]): number =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]!))) / Math.max(1, ...b.map(Math.abs));

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(Object.entries(entries))('%s', (_, { make, shape, condition, reference }) => {
    const batch = 5;
    let d: core.Distribution;
    let z: tf.Tensor;
    let c: tf.Tensor | undefined;
    let w: core.Weights;
    beforeEach(() => {
      d = make();
      z = tf.randomNormal([batch, ...shape], 0, 1, 'float32', 1);
      c = condition && tf.randomNormal([batch, ...condition], 0, 1, 'float32', 2);
      w = weightsOf(d, shape, condition);
    });
    const logProbs = (z: number[][], w: Numbers, c: number[][]) =>
      z.map((v, i) => reference(v, w, c[i] ?? []));

    test('log p is that of float64', () => {
      const before = tf.memory().numTensors;
      const logP = d.logProb(z, w, c);
      expect(tf.memory().numTensors).toBe(before + 1);
      expect(logP.shape).toEqual([batch]);
      const expected = logProbs(rows(z), numbers(w), c ? rows(c) : []);
      expect(distance(Array.from(logP.dataSync()), expected)).toBeLessThan(1e-6);
    });

    test('gradients of log p in z, the weights and the condition are differences of float64', () => {
      const names = Object.keys(w);
      const inputs = [z, ...names.map((n) => w[n]!), ...(c ? [c] : [])];
      const before = tf.memory().numTensors;
      const coefficients = [1, -2, 0.5, 3, 1.5];
      const gradients = tf.grads((...ts: tf.Tensor[]) => {
        const own = Object.fromEntries(names.map((n, i) => [n, ts[i + 1]!]));
        return tf.sum(tf.mul(d.logProb(ts[0]!, own, c && ts.at(-1)), coefficients));
      })(inputs);
      expect(tf.memory().numTensors).toBe(before + inputs.length);
      const value = (all: number[][]) => {
        const unflatten = (v: number[]) =>
          Array.from({ length: batch }, (_, i) =>
            v.slice((i * v.length) / batch, ((i + 1) * v.length) / batch),
          );
        const own = Object.fromEntries(names.map((n, i) => [n, all[i + 1]!]));
        const logP = logProbs(unflatten(all[0]!), own, c ? unflatten(all.at(-1)!) : []);
        return sum(logP.map((v, i) => v * coefficients[i]!));
      };
      const points = inputs.map((t) => Array.from(t.dataSync()));
      const differences = points.map((v, k) =>
        v.map((_, i) => {
          const at = (h: number) => value(points.map((u, j) => (j === k ? u.with(i, u[i]! + h) : u)));
          return (at(1e-5) - at(-1e-5)) / 2e-5;
        }),
      );
      for (const [k, g] of gradients.entries()) {
        expect(g.shape).toEqual(inputs[k]!.shape);
        expect(distance(Array.from(g.dataSync()), differences[k]!)).toBeLessThan(3e-6);
      }
    });

    test('samples are told by the seed, of the shape asked for, and leave no tensors', () => {
      const n = 6;
      const given = condition && tf.ones([n, ...condition]);
      const draw = (seed: number) => d.sample(n, shape, { seed, w, ...(given && { condition: given }) });
      const before = tf.memory().numTensors;
      const [a, again, other] = [draw(0), draw(0), draw(1)];
      expect(tf.memory().numTensors).toBe(before + 3);
      expect(a.shape).toEqual([n, ...shape]);
      expect(Array.from(a.dataSync())).toEqual(Array.from(again.dataSync()));
      expect(a.dataSync().every((v, i) => v !== other.dataSync()[i])).toBe(true);
    });

    test('log p is not NaN at ±1e30', () => {
      const far = tf.fill([batch, ...shape], 1e30);
      for (const at of [far, tf.neg(far)]) {
        expect(d.logProb(at, w, c).dataSync().some(Number.isNaN)).toBe(false);
      }
    });
  });
});

describe('on a plane', () => {
  beforeAll(() => tf.setBackend('wasm'));
  const coupled = () =>
    core.flow({ bijection: core.chain([core.conv1x1(), core.affineCoupling({ hidden: 8 })]) });

  const table: Record<string, Pick<Entry, 'make' | 'condition'>> = {
    normal: { make: () => core.normal() },
    diagonalNormal: { make: () => core.diagonalNormal() },
    conditionalNormal: { make: () => core.conditionalNormal({ hidden: 4 }), condition: [1] },
    mixtureOfNormals: { make: () => core.mixtureOfNormals({ components: 4 }) },
    uniform: { make: () => core.uniform({ low: -1.5, high: 2.5 }) },
    logistic: { make: () => core.logistic() },
    'a flow': { make: coupled },
  };
  test.each(Object.entries(table))('%s integrates to 1', (_, { make, condition }) => {
    const d = make();
    const [half, step] = [20, 0.1];
    const side = Array.from({ length: (2 * half) / step }, (_, i) => (i + 0.5) * step - half);
    const w = weightsOf(d, [2], condition);
    const mass = side.map((x) =>
      tf.tidy(() => {
        const z = tf.tensor2d(side.map((y) => [x, y]));
        const c = condition && tf.ones([side.length, ...condition]);
        return tf.sum(tf.exp(d.logProb(z, w, c))).dataSync()[0]!;
      }),
    );
    // A sum over a grid is exact for smooth functions; the network of the flow has kinks. The logistic leaves e⁻²⁰ outside.
    expect(Math.abs(sum(mass) * step ** 2 - 1)).toBeLessThan(make === coupled ? 1e-3 : 1e-5);
  });
});

describe('moments', () => {
  beforeAll(() => tf.setBackend('wasm'));
  const n = 20_000;
  interface Moments {
    make: () => core.Distribution;
    w?: Record<string, number[] | number[][]>;
    mean: number;
    /** At temperature T. */
    variance(T: number): number;
    /** Fourth central moment over the squared variance, for the standard error. */
    kurtosis: number;
  }
  const table: Record<string, Moments> = {
    normal: { make: () => core.normal(), mean: 0, variance: (T) => T ** 2, kurtosis: 3 },
    diagonalNormal: {
      make: () => core.diagonalNormal(),
      w: { 'flow/bias': [2], 'flow/logScale': [Math.log(3)] },
      mean: 2,
      variance: (T) => 9 * T ** 2,
      kurtosis: 3,
    },
    uniform: {
      make: () => core.uniform({ low: -1, high: 5 }),
      mean: 2,
      variance: (T) => 3 * T ** 2,
      kurtosis: 1.8,
    },
    logistic: {
      make: () => core.logistic(),
      mean: 0,
      variance: (T) => (T * Math.PI) ** 2 / 3,
      kurtosis: 4.2,
    },
    studentT: {
      make: () => core.studentT({ df: 20, scale: 3 }),
      mean: 0,
      variance: (T) => (9 * T ** 2 * 20) / 18,
      kurtosis: 3 + 6 / 16,
    },
    mixtureOfNormals: {
      make: () => core.mixtureOfNormals({ components: 2 }),
      // ¾ at −1 and ¼ at 3, of deviations 1 and ½.
      w: { logits: [Math.log(3), 0], means: [[-1], [3]], logDeviations: [[0], [Math.log(0.5)]] },
      mean: 0,
      variance: (T) => 3 + T ** 2 * (0.75 + 0.25 * 0.25),
      kurtosis: 3,
    },
  };
  describe.each(Object.entries(table))('%s', (_, { make, w = {}, mean, variance, kurtosis }) => {
    test.each([1, 0.5])('mean and variance at temperature %d are within 4 standard errors', (temperature) => {
      const weights = Object.fromEntries(Object.entries(w).map(([name, v]) => [name, tf.tensor(v)]));
      const z = make().sample(n, [1], { seed: 3, temperature, w: weights }).dataSync() as Float32Array;
      const m = sum(Array.from(z)) / n;
      const v = sum(Array.from(z, (u) => (u - mean) ** 2)) / n;
      expect(Math.abs(m - mean)).toBeLessThan(4 * Math.sqrt(variance(temperature) / n));
      expect(Math.abs(v / variance(temperature) - 1)).toBeLessThan(4 * Math.sqrt((kurtosis - 1) / n));
    });
  });
});

test('a flow hands its base what it maps to, and sets ActNorm from a first batch', () => {
  const f = core.flow({
    bijection: core.chain([core.squeeze(), core.actNorm()]),
    base: core.diagonalNormal(),
  });
  expect(f.weights([4, 4, 1]).map(({ name, shape }) => [name, shape])).toEqual([
    ['flow/1/logScale', [4]],
    ['flow/1/bias', [4]],
    ['flow/1/mean', [4]],
    ['flow/1/logDeviation', [4]],
    ['base/flow/logScale', [2, 2, 4]],
    ['base/flow/bias', [2, 2, 4]],
  ]);
  const w = core.createWeights(f, [4, 4, 1]);
  const x = tf.randomNormal([8, 4, 4, 1], 5, 2, 'float32', 1);
  const set = f.initialize!(x, w);
  expect(Object.keys(set)).toEqual(
    ['logScale', 'bias', 'mean', 'logDeviation'].map((name) => `flow/1/${name}`),
  );
  expect(f.sample(3, [4, 4, 1], { seed: 1, w: { ...w, ...set } }).shape).toEqual([3, 4, 4, 1]);
});

test('a base that is a flow is set from what the flow above it makes of the first batch', () => {
  const learned = core.flow({ bijection: core.chain([core.scaling({ scale: 2 }), core.actNorm()]) });
  const f = core.flow({ bijection: core.chain([core.actNorm(), core.scaling({ scale: 3 })]), base: learned });
  const x = tf.randomNormal([8, 2], 5, 2, 'float32', 1);
  const w = core.createWeights(f, [2]);
  const set: core.Weights = { ...w, ...f.initialize!(x, w) };
  // Numbers of mean 0 and deviation 1, times 6, are made of deviation 1 again.
  expect(Array.from(set['base/flow/1/logDeviation']!.dataSync(), Math.exp)).toEqual([
    expect.closeTo(6, 4),
    expect.closeTo(6, 4),
  ]);
});

test('uniform has no density outside', () => {
  const d = core.uniform({ low: 0, high: 2 });
  const z = tf.tensor2d([
    [0, 2],
    [1, 2.001],
    [-0.001, 1],
  ]);
  expect(Array.from(d.logProb(z).dataSync())).toEqual([Math.fround(-2 * Math.log(2)), -Infinity, -Infinity]);
});

test('what cannot be is refused', () => {
  expect(() => core.uniform({ low: 1, high: 1 })).toThrow(/low < high/);
  expect(() => core.mixtureOfNormals({ components: 0 })).toThrow(
    /components to be a whole number from 1, got 0/,
  );
  expect(() => core.mixtureOfNormals().logProb(tf.zeros([1, 2]))).toThrow(
    /a weight logits of shape \[8\], got none/,
  );
  expect(() => core.normal().sample(2.5, [1], { seed: 0 })).toThrow(/n to be a whole number from 1, got 2.5/);
  expect(() => core.normal().sample(2, [1], { seed: 0.5 })).toThrow(/whole seed/);
  expect(() => core.logistic().sample(2, [1], { seed: 0, temperature: -1 })).toThrow(
    /temperature to be a number from 0 to/,
  );
  const conditioned = core.conditionalNormal({ hidden: 2 });
  const w = core.createWeights(conditioned, [1], { condition: [1] });
  expect(() => conditioned.sample(2, [1], { seed: 0, w, condition: tf.ones([3, 1]) })).toThrow(
    /each of 2 samples, got 3/,
  );
});
