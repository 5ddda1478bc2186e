import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('wasm'));

const sets: core.Dataset[] = [
  core.banana(),
  core.banana({ c: [2, 0.5] }),
  core.checkerboard(),
  core.eightGaussians(),
  core.pinwheel(),
  core.rings(),
  core.spirals(),
  core.swirl(),
  core.twoMoons(),
];
const n = 20_000;
const points = (d: core.Dataset, seed = 1): [number, number][] =>
  tf.tidy(() => d.sample(n, { seed }).arraySync() as [number, number][]);
const total = (v: readonly number[]) => v.reduce((sum, u) => sum + u, 0);
const mean = (v: readonly number[]) => total(v) / v.length;
const named = (all: core.Dataset[]) => all.map((d): [string, core.Dataset] => [d.name, d]);
const standardError = (v: readonly number[]) => Math.sqrt(mean(v.map((u) => (u - mean(v)) ** 2)) / v.length);

describe.each(named(sets))('%s', (_, d) => {
  test('points are told by the seed and leave no tensors', () => {
    const before = tf.memory().numTensors;
    const [a, again, other] = [0, 0, 1].map((seed) => d.sample(500, { seed }));
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(a!.shape).toEqual([500, 2]);
    expect(Array.from(a!.dataSync())).toEqual(Array.from(again!.dataSync()));
    expect(a!.dataSync().every((v, i) => v !== other!.dataSync()[i])).toBe(true);
  });

  test('the window holds 99.9 % of the points, and none of it is far too wide', () => {
    const all = points(d);
    const [[left, right], [bottom, top]] = d.window;
    const inside = all.filter(([x, y]) => x >= left && x <= right && y >= bottom && y <= top);
    expect(inside.length).toBeGreaterThanOrEqual(0.999 * n);
    for (const [k, [low, high]] of d.window.entries()) {
      const own = all.map((p) => p[k]!);
      const spread = own.reduce((m, v) => Math.max(m, v), -1e9) - own.reduce((m, v) => Math.min(m, v), 1e9);
      expect(spread).toBeGreaterThan(0.75 * (high - low));
    }
  });
});

/** The mass of each cell of an 8 × 8 grid over the window, by 20 × 20 points in each. */
function masses(d: core.Dataset): number[] {
  const [cells, fine] = [8, 20];
  const side = cells * fine;
  const [[left, right], [bottom, top]] = d.window;
  const [wide, high] = [(right - left) / side, (top - bottom) / side];
  const points = Array.from({ length: side ** 2 }, (_, k) => [
    left + wide * (Math.floor(k / side) + 0.5),
    bottom + high * ((k % side) + 0.5),
  ]);
  return tf.tidy(() => {
    const p = tf.exp(d.logProb!(tf.tensor2d(points)));
    const mass = tf.mul(tf.sum(tf.reshape(p, [cells, fine, cells, fine]), [1, 3]), wide * high);
    return Array.from(mass.dataSync());
  });
}

describe.each(named(sets.filter((d) => d.logProb)))('%s', (_, d) => {
  test('its density integrates to 1 over the window, but for what lies outside', () => {
    expect(Math.abs(total(masses(d)) - 1)).toBeLessThan(1e-3);
  });

  test('far away it is below all others, not NaN', () => {
    const far = tf.tensor2d([
      [1e30, -1e30],
      [0, 1e30],
    ]);
    expect(
      d.logProb!(far)
        .dataSync()
        .every((v) => v < -1e30),
    ).toBe(true);
  });

  test('its points follow its density: a χ² over the cells of a grid', () => {
    const [[left, right], [bottom, top]] = d.window;
    const cell = (v: number, low: number, high: number) => Math.floor((8 * (v - low)) / (high - low));
    const counts = Array<number>(64).fill(0);
    for (const [x, y] of points(d, 5)) {
      const [i, j] = [cell(x, left, right), cell(y, bottom, top)];
      if (i >= 0 && i < 8 && j >= 0 && j < 8) counts[8 * i + j]!++;
    }
    const terms = masses(d).flatMap((mass, k) =>
      mass * n > 20 ? [(counts[k]! - mass * n) ** 2 / (mass * n)] : [],
    );
    const degrees = terms.length - 1;
    expect(degrees).toBeGreaterThan(8);
    // 4 deviations above the mean of χ².
    expect(total(terms)).toBeLessThan(degrees + 4 * Math.sqrt(2 * degrees));
  });
});

test.each(named(sets.filter((d) => d.entropy !== null)))(
  'the entropy of %s is the mean of −log p over its points',
  (_, d) => {
    const nats = tf.tidy(() => Array.from(d.logProb!(d.sample(n, { seed: 8 })).dataSync(), (v) => -v));
    expect(nats.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(nats) - d.entropy!)).toBeLessThan(4 * standardError(nats) + 1e-6);
  },
);

test('a banana of c = [1, 4] is the reference formula', () => {
  const u = 0.5;
  const v = -1;
  // x = u, y = v + 4u² + 4, of determinant 1.
  const logP = core.banana().logProb!(tf.tensor2d([[u, v + 4 * u ** 2 + 4]])).dataSync()[0]!;
  expect(logP).toBeCloseTo(-0.5 * (u ** 2 + v ** 2) - Math.log(2 * Math.PI), 6);
});

test('the checkerboard has no density on its other squares', () => {
  const at = tf.tensor2d([
    [-3, -3],
    [-3, -1],
    [3, 3],
    [5, 3],
    [1, -3],
  ]);
  expect(Array.from(core.checkerboard().logProb!(at).dataSync(), Number.isFinite)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

test('half a point is refused', () => {
  expect(() => core.rings().sample(1.5, { seed: 0 })).toThrow(/rings: expected n to be a whole number/);
});
