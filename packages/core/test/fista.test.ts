import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
const number = (t: tf.Tensor) => numbers(t)[0]!;
const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, 'float32', seed);
const largest = (t: tf.Tensor) => number(tf.max(tf.abs(t)));

const same: core.LinearOperator = { apply: (x) => tf.clone(x), adjoint: (d) => tf.clone(d) };
const blur = core.convolutionOperator([
  [0.1, 0.2, 0.1],
  [0, 0.3, 0.1],
  [0.1, 0.1, 0],
]);
const objective =
  (operator: core.LinearOperator, { value }: core.Penalty, d: tf.Tensor) =>
  (x: tf.Tensor) =>
    number(tf.sum(value(x))) + 0.5 * number(tf.sum(tf.square(tf.sub(operator.apply(x), d))));

const penalties: Record<string, core.Penalty> = {
  l1: core.l1Penalty({ weight: 0.05 }),
  'total variation': core.totalVariationPenalty({ weight: 0.05, iterations: 15 }),
  'total variation in a box': core.totalVariationPenalty({
    weight: 0.05,
    set: core.box({ low: -0.5, high: 0.7 }),
    iterations: 15,
  }),
};

describe.each(Object.entries(penalties))('%s', (_, penalty) => {
  const d = () => normal([2, 5, 4, 1], 1);

  test('the proximal map is where ½‖x − v‖² + μR is least', () => {
    const v = d();
    const before = tf.memory().numTensors;
    const p = penalty.prox(v, 2);
    expect(tf.memory().numTensors).toBe(before + 1);
    const doubled = { ...penalty, value: (x: tf.Tensor) => tf.mul<tf.Tensor1D>(2, penalty.value(x)) };
    const f = objective(same, doubled, v);
    for (let seed = 2; seed < 20; seed++) {
      // Of points within the set where there is one: what P maps there is.
      const near = penalty.prox(tf.add(p, tf.mul(normal(v.shape, seed), 0.3)), 1e-6);
      expect(f(near)).toBeGreaterThan(f(p) - 1e-4);
    }
    expect(f(penalty.prox(v, 1e-6))).toBeGreaterThan(f(p) + 0.1);
  });

  test('more steps come lower, down to a point that a step leaves where it is', () => {
    const data = d();
    const f = objective(blur, penalty, data);
    const before = tf.memory().numTensors;
    const found = [1, 5, 20, 60].map((steps) => core.fista(blur, data, { penalty, steps }));
    expect(tf.memory().numTensors).toBe(before + 4);
    const values = found.map(f);
    for (let k = 1; k < 3; k++) expect(values[k]).toBeLessThan(values[k - 1]! - 1e-3);
    expect(values[3]).toBeLessThanOrEqual(values[2]! + 1e-5);
    const x = found[3]!;
    const gradient = blur.adjoint(tf.sub(blur.apply(x), data));
    expect(largest(tf.sub(penalty.prox(tf.sub(x, gradient), 1), x))).toBeLessThan(4e-3);
  });
});

test('total variation takes λ/n from two plateaus of n, and joins them where λ is large', () => {
  const [low, high] = [0.2, 0.9];
  // Plateaus of 3 and 5.
  const step = tf.tensor([low, low, low, high, high, high, high, high], [1, 8, 1]);
  const prox = (weight: number, mu: number) =>
    numbers(core.totalVariationPenalty({ weight, iterations: 150 }).prox(step, mu));
  for (const [i, v] of prox(0.1, 3).entries()) {
    expect(v).toBeCloseTo(i < 3 ? low + 0.3 / 3 : high - 0.3 / 5, 4);
  }
  for (const v of prox(2, 1)) expect(v).toBeCloseTo((3 * low + 5 * high) / 8, 3);
  expect(number(core.totalVariationPenalty({ weight: 2 }).value(step))).toBeCloseTo(2 * (high - low), 5);
});

test('total variation counts the length of the gradient at each pixel, channel by channel', () => {
  const corner = tf.tensor([0, 1, 1, 0, 3, 0, 4, 0], [1, 2, 2, 2]);
  // Channel 0 is [[0, 1], [3, 4]]: √(3² + 1²) + 3 + 1; channel 1 is [[1, 0], [0, 0]]: √2.
  expect(number(core.totalVariationPenalty({ weight: 1 }).value(corner))).toBeCloseTo(
    Math.sqrt(10) + 4 + Math.SQRT2,
    5,
  );
});

test('ℓ₁: where x is zero the gradient is within λ, elsewhere it is −λ sign x', () => {
  const weight = 0.3;
  const d = normal([1, 8, 8, 1], 3);
  const x = core.fista(blur, d, { penalty: core.l1Penalty({ weight }), steps: 500 });
  const gradient = numbers(blur.adjoint(tf.sub(blur.apply(x), d)));
  const found = numbers(x);
  expect(found.filter((v) => v === 0).length).toBeGreaterThan(10);
  expect(found.filter((v) => v !== 0).length).toBeGreaterThan(10);
  for (const [i, v] of found.entries()) {
    if (v === 0) expect(Math.abs(gradient[i]!)).toBeLessThan(weight + 1e-4);
    else expect(gradient[i]).toBeCloseTo(-weight * Math.sign(v), 3);
  }
});

test('one step is the proximal map of the adjoint; a penalty is asked for', () => {
  const d = normal([1, 8, 8, 1], 4);
  const penalty = core.l1Penalty({ weight: 0.1 });
  const one = core.fista(blur, d, { penalty, steps: 1, step: 0.5 });
  expect(largest(tf.sub(one, penalty.prox(tf.mul(blur.adjoint(d), 0.5), 0.5)))).toBe(0);
  expect(() => core.fista(blur, d, {} as core.FistaOptions)).toThrow(
    /penalty to be an object with functions value, prox/,
  );
});
