import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
const mean = (v: readonly number[]) => v.reduce((sum, u) => sum + u, 0) / v.length;

test('uniform noise fills the step of each level', () => {
  const n = 4000;
  const levels = tf.tidy(() => tf.cast(tf.mod(tf.range(0, n), 4), 'float32'));
  const before = tf.memory().numTensors;
  const x = core.dequantize(levels, { levels: 4, seed: 1 });
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(numbers(tf.floor(tf.mul(x, 4)))).toEqual(numbers(levels));
  const noise = numbers(tf.sub(tf.mul(x, 4), levels));
  expect(Math.abs(mean(noise) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  expect(numbers(core.dequantize(levels, { levels: 4, seed: 1 }))).toEqual(numbers(x));
  expect(numbers(core.dequantize(levels, { levels: 4, seed: 2 }))).not.toEqual(numbers(x));
  expect(() => core.dequantize(levels, { levels: 2.5, seed: 1 })).toThrow(
    /levels to be a whole number from 1, got 2.5/,
  );
});

describe('variational dequantisation', () => {
  const make = () => core.variationalDequantization(core.conditionalAffine({ hidden: 6 }), { levels: 4 });
  const weights = () =>
    Object.fromEntries(
      make()
        .weights([1])
        .map(({ name, shape }, i) => [name, tf.randomNormal([...shape], 0, 0.4, 'float32', i + 1)]),
    );

  test('x stays within its level, and the same seed draws the same noise', () => {
    const [v, w] = [make(), weights()];
    const x = tf.tensor2d([[0], [1], [2], [3]]);
    const before = tf.memory().numTensors;
    const a = v.sample(x, w, { seed: 5 });
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(numbers(tf.floor(tf.mul(a.x, 4)))).toEqual([0, 1, 2, 3]);
    expect(a.logQ.shape).toEqual([4]);
    expect(numbers(v.sample(x, w, { seed: 5 }).x)).toEqual(numbers(a.x));
    expect(numbers(v.sample(x, w, { seed: 6 }).x)).not.toEqual(numbers(a.x));
  });

  // E[g(u)/q(u)] under q is the integral of g over [0, 1], whatever q.
  test('q is the density of the noise that is drawn', () => {
    const [v, w] = [make(), weights()];
    const n = 20_000;
    for (const level of [0, 3]) {
      const { x, logQ } = v.sample(tf.fill([n, 1], level), w, { seed: 7 });
      const u = numbers(x).map((value) => 4 * value - level);
      const weight = numbers(logQ).map((q) => Math.exp(-q));
      for (const [g, integral] of [
        [(t: number) => (t * (1 - t)) ** 2, 1 / 30],
        [(t: number) => t ** 3 * (1 - t) ** 2, 1 / 60],
      ] as const) {
        const terms = u.map((t, i) => g(t) * weight[i]!);
        const deviation = Math.sqrt(mean(terms.map((t) => (t - mean(terms)) ** 2)) / n);
        expect(Math.abs(mean(terms) - integral)).toBeLessThan(4 * deviation);
        expect(deviation).toBeLessThan(0.05 * integral);
      }
    }
  });

  test('gradients reach the weights through x and log q', () => {
    const [v, w] = [make(), weights()];
    const x = tf.tensor2d([[0], [1], [3]]);
    const names = Object.keys(w);
    const loss = (...ts: tf.Tensor[]) => {
      const own = Object.fromEntries(names.map((name, i) => [name, ts[i]!]));
      const { x: noisy, logQ } = v.sample(x, own, { seed: 3 });
      return tf.add(tf.sum(logQ), tf.mul(5, tf.sum(tf.square(noisy)))) as tf.Scalar;
    };
    const values = names.map((name) => w[name]!);
    const before = tf.memory().numTensors;
    const gradients = tf.grads(loss)(values);
    expect(tf.memory().numTensors).toBe(before + names.length);
    // Along a random direction, by differences of second order.
    const direction = values.map((t, i) => tf.randomNormal(t.shape, 0, 1, 'float32', 50 + i));
    const h = 3e-3;
    const at = (s: number) =>
      loss(...values.map((t, i) => tf.add(t, tf.mul(direction[i]!, s)))).dataSync()[0]!;
    const exact = gradients.reduce((sum, g, i) => sum + tf.sum(tf.mul(g, direction[i]!)).dataSync()[0]!, 0);
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - exact)).toBeLessThan(1e-3 * Math.abs(exact));
  });

  test('a fresh flow draws u = σ(ε), and log q is log N(ε) − log σ′(ε)', () => {
    const v = make();
    const w = core.createWeights(v, [1]);
    const { x, logQ } = v.sample(tf.fill([5, 1], 2), w, { seed: 1 });
    for (const [i, value] of numbers(x).entries()) {
      const u = 4 * value - 2;
      const e = Math.log(u / (1 - u));
      const q = -0.5 * e ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(u * (1 - u));
      expect(numbers(logQ)[i]).toBeCloseTo(q, 4);
    }
  });
});
