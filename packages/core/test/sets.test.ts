import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const normal = (shape: number[], seed: number, deviation = 1) =>
  tf.randomNormal(shape, 0, deviation, 'float32', seed);
const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
const largest = (t: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(t)).dataSync()[0]!);
const norms = (t: tf.Tensor) => tf.tidy(() => tf.sqrt(tf.sum(tf.square(tf.reshape(t, [t.shape[0], -1])), 1)));

const sample = [4, 3];
/** Two rows that are orthonormal, so that the pseudo-inverse is the transpose. */
const rows = () =>
  tf.tensor2d([
    [...[0.5, 0.5, 0.5, 0.5], ...Array(8).fill(0)],
    [...Array(6).fill(0), 0.6, 0, 0.8, 0, 0, 0],
  ]);
const known = () => tf.tensor2d([1, 0, 0, 0, -1, 0, 0, 0, 0, 2, 0, 0], [4, 3]);
/** By how much some numbers are above others, at most. */
const above = (a: tf.Tensor, b: tf.Tensor | number) => Math.max(0, ...numbers(tf.sub(a, b)));
const part = (x: tf.Tensor, from: number) => tf.slice(x, [0, from, 0], [-1, 3, -1]);
const variation = (x: tf.Tensor) => tf.sum(tf.abs(tf.sub(part(x, 1), part(x, 0))), [1, 2]);
/** By how much the numbers of an area are on the wrong side of their bounds. */
const outsideArea = (x: tf.Tensor, [least, most]: [number, number]) => {
  const sorted = tf.reverse(tf.topk(tf.reshape(x, [-1, 12]), 12).values, 1);
  const down = above(tf.slice(sorted, [0, 0], [-1, 12 - most]), 0.25);
  return Math.max(down, above(0.75 as never, tf.slice(sorted, [0, 12 - least], [-1, least])));
};

interface Entry {
  make: () => core.Projection;
  /** How far x is from the set, at most: zero inside. */
  outside(x: tf.Tensor): number;
  /** How exact it is. Default: rounding of sums over a sample of 12. */
  error?: number;
  convex?: false;
}
const sets: Record<string, Entry> = {
  box: {
    make: () => core.box({ low: -0.5, high: 1 }),
    outside: (x) => Math.max(0, ...numbers(x).map((v) => Math.max(v - 1, -0.5 - v))),
  },
  'box of a bound each': {
    make: () => core.box({ high: tf.reshape(tf.linspace(-1, 1, 12), sample) }),
    outside: (x) => Math.max(0, ...numbers(tf.sub(x, tf.reshape(tf.linspace(-1, 1, 12), sample)))),
  },
  ball: {
    make: () => core.ball({ radius: 2, centre: tf.fill(sample, 0.3) }),
    outside: (x) => Math.max(0, ...numbers(norms(tf.sub(x, 0.3))).map((v) => v - 2)),
  },
  'ball of radius 0': { make: () => core.ball({ radius: 0 }), outside: largest },
  halfspace: {
    make: () => core.halfspace({ normal: normal(sample, 9), offset: -1 }),
    outside: (x) => Math.max(0, ...numbers(tf.sum(tf.mul(x, normal(sample, 9)), [1, 2])).map((v) => v + 1)),
  },
  slab: {
    make: () => core.slab({ normal: normal(sample, 9), low: 2, high: 2 }),
    outside: (x) => largest(tf.sub(tf.sum(tf.mul(x, normal(sample, 9)), [1, 2]), 2)),
  },
  totalMass: {
    make: () => core.totalMass({ low: 1, high: 2 }),
    outside: (x) => Math.max(0, ...numbers(tf.sum(x, [1, 2])).map((v) => Math.max(v - 2, 1 - v))),
  },
  l1Ball: {
    make: () => core.l1Ball({ radius: 2, centre: tf.fill(sample, 0.3) }),
    outside: (x) => above(tf.sum(tf.abs(tf.sub(x, 0.3)), [1, 2]), 2),
  },
  'l1Ball of radius 0': { make: () => core.l1Ball({ radius: 0 }), outside: largest },
  simplex: {
    make: () => core.simplex(),
    outside: (x) => Math.max(largest(tf.sub(tf.sum(x, 2), 1)), above(0 as never, x)),
  },
  points: {
    make: () => core.points({ mask: known(), value: tf.mul(known(), 3) }),
    outside: (x) => largest(tf.mul(tf.sub(x, tf.mul(known(), 3)), tf.abs(known()))),
  },
  'monotone along the first axis': {
    make: () => core.monotone(),
    outside: (x) => above(part(x, 0), part(x, 1)),
  },
  'monotone, decreasing along the last axis': {
    make: () => core.monotone({ axis: 2, direction: 'decreasing' }),
    outside: (x) => above(tf.slice(x, [0, 0, 1]), tf.slice(x, [0, 0, 0], [-1, -1, 2])),
  },
  totalVariation: {
    make: () => core.totalVariation({ radius: 4, iterations: 200 }),
    outside: (x) => above(variation(x), 4),
    error: 1e-4,
  },
  'totalVariation of 0': {
    make: () => core.totalVariation({ radius: 0, iterations: 200 }),
    outside: (x) => largest(variation(x)),
    error: 1e-4,
  },
  area: {
    make: () => core.area({ least: 0.25, most: 0.5 }),
    outside: (x) => outsideArea(x, [3, 6]),
    convex: false,
  },
  'area with bounds for each sample': {
    make: () => core.area({ least: Array(10).fill(0.3), most: Array.from({ length: 10 }, () => 0.34) }),
    outside: (x) => outsideArea(x, [4, 4]),
    convex: false,
  },
  'intersection of a box, a slab and monotone': {
    make: () =>
      core.intersection(
        [core.monotone(), core.totalMass({ low: 3, high: 4 }), core.box({ low: -0.5, high: 1 })],
        { rounds: 100 },
      ),
    outside: (x) =>
      Math.max(
        above(x, 1),
        above(-0.5 as never, x),
        above(part(x, 0), part(x, 1)),
        above(tf.sum(x, [1, 2]), 4),
        above(3 as never, tf.sum(x, [1, 2])),
      ),
    error: 1e-4,
  },
  affineSet: {
    make: () =>
      core.affineSet({
        apply: (x) => tf.matMul(tf.reshape(x, [-1, 12]), rows(), false, true),
        pseudoInverse: (r) => tf.reshape(tf.matMul(r, rows()), [-1, ...sample]),
        b: tf.tensor1d([1, -2]),
      }),
    outside: (x) =>
      largest(tf.sub(tf.matMul(tf.reshape(x, [-1, 12]), rows(), false, true), tf.tensor1d([1, -2]))),
  },
};

describe.each(Object.entries(sets))('%s', (_, { make, outside, error: rounding = 1e-5, convex = true }) => {
  const x = () => normal([10, ...sample], 1, 2);

  test('what is projected is in the set, and stays', () => {
    const [P, at] = [make(), x()];
    const before = tf.memory().numTensors;
    const p = P(at);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(p.shape).toEqual(at.shape);
    expect(outside(at)).toBeGreaterThan(0.1);
    expect(outside(p)).toBeLessThan(rounding);
    expect(largest(tf.sub(P(p), p))).toBeLessThan(rounding);
  });

  test('no point of the set that a random search finds is nearer', () => {
    const [P, at] = [make(), x()];
    const p = P(at);
    const reached = numbers(norms(tf.sub(at, p)));
    for (const [seed, deviation] of [0.01, 0.1, 1, 3].entries()) {
      const q = P(tf.add(p, normal(at.shape, 20 + seed, deviation)));
      const other = numbers(norms(tf.sub(at, q)));
      expect(Math.min(...other.map((v, i) => v - reached[i]!))).toBeGreaterThan(-10 * rounding);
    }
  });

  const ofConvex = convex ? test : test.skip;
  ofConvex('what was taken off points away from the set: ⟨x − P x, q − P x⟩ ≤ 0 for q in it', () => {
    const [P, at] = [make(), x()];
    const [p, q] = [P(at), P(normal(at.shape, 2, 3))];
    const products = numbers(tf.sum(tf.mul(tf.sub(at, p), tf.sub(q, p)), [1, 2]));
    expect(Math.max(...products)).toBeLessThan(10 * rounding);
  });

  ofConvex('two points come no further apart', () => {
    const [P, a] = [make(), x()];
    const b = tf.add(a, normal(a.shape, 3, 0.5));
    const [before, after] = [numbers(norms(tf.sub(a, b))), numbers(norms(tf.sub(P(a), P(b))))];
    expect(Math.max(...after.map((v, i) => v - before[i]!))).toBeLessThan(rounding);
  });

  test('the gradient of the distance is x − P x, and differences of it agree', () => {
    const [P, at, v] = [make(), x(), normal([10, ...sample], 4)];
    const distance = core.distanceToSet(P);
    const before = tf.memory().numTensors;
    const [g, value] = [tf.grad((t: tf.Tensor) => tf.sum(distance(t)))(at), distance(at)];
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(value.shape).toEqual([10]);
    expect(largest(tf.sub(g, tf.sub(at, P(at))))).toBe(0);
    // At the seams of a set that is not convex the gradient jumps.
    const h = convex ? 1e-2 : 1e-3;
    const along = (s: number) => numbers(distance(tf.add(at, tf.mul(v, s))));
    const [plus, minus] = [along(h), along(-h)];
    const exact = numbers(tf.sum(tf.mul(g, v), [1, 2]));
    // The gradient is Lipschitz with constant 1, so a difference is off by at most h‖v‖²/2.
    const bound = numbers(norms(v)).map((u, i) => (h * u ** 2) / 2 + (2e-6 * (1 + plus[i]!)) / h);
    expect(exact.every((e, i) => Math.abs((plus[i]! - minus[i]!) / (2 * h) - e) < bound[i]!)).toBe(true);
  });

  test('nothing is NaN at ±1e30', () => {
    const far = tf.tidy(() => tf.mul(1e30, tf.sign(normal([10, ...sample], 6))));
    for (const t of [make()(far), core.distanceToSet(make())(far)]) {
      expect(numbers(t).some(Number.isNaN)).toBe(false);
    }
  });
});

/** Pool adjacent violators: blocks of [mean, count], joined while a mean is above the next. */
function poolAdjacentViolators(line: readonly number[]): number[] {
  const blocks: [mean: number, count: number][] = [];
  for (const v of line) {
    blocks.push([v, 1]);
    for (;;) {
      const [[a, m] = [-Infinity, 0], [b, n] = [Infinity, 0]] = blocks.slice(-2);
      if (blocks.length < 2 || a <= b) break;
      blocks.splice(-2, 2, [(a * m + b * n) / (m + n), m + n]);
    }
  }
  return blocks.flatMap(([mean, count]) => Array<number>(count).fill(mean));
}

test('monotone is isotonic regression as pooling adjacent violators finds it, to 1e-5', () => {
  const x = tf.tidy(() => tf.add(normal([3, 40], 7), tf.linspace(0, 2, 40)));
  const lines = x.arraySync() as number[][];
  expect(largest(tf.sub(core.monotone()(x), tf.tensor2d(lines.map(poolAdjacentViolators))))).toBeLessThan(
    1e-5,
  );
});

test('the simplex is where numbers from 0 meet a sum of 1, and Dykstra finds the same nearest point', () => {
  const x = normal([10, 12], 8);
  const both = core.intersection([core.totalMass({ low: 1, high: 1 }), core.box({ low: 0 })], {
    rounds: 400,
  });
  expect(largest(tf.sub(both(x), core.simplex()(x)))).toBeLessThan(1e-5);
});

test('Dykstra finds the nearest point of two half-planes where alternation ends at another', () => {
  const x = tf.tensor2d([[2, 1]]);
  const low = core.halfspace({ normal: tf.tensor1d([0, 1]), offset: 0 });
  const slope = core.halfspace({ normal: tf.tensor1d([1, 1]), offset: 0 });
  expect(numbers(core.intersection([low, slope])(x))).toEqual([0.5, -0.5]);
  expect(numbers(slope(low(x)))).toEqual([1, -1]);
});

test('the total variation of a step falls by moving both sides, and that of a volume counts all three axes', () => {
  const step = tf.tensor3d([0, 0, 0, 0, 1, 1, 1, 1], [1, 8, 1]);
  const nearer = core.totalVariation({ radius: 0.5, iterations: 300 })(step);
  expect(
    largest(tf.sub(nearer, tf.tensor3d([...Array(4).fill(0.25), ...Array(4).fill(0.75)], [1, 8, 1]))),
  ).toBeLessThan(1e-5);
  const volume = core.totalVariation({ radius: 2 })(normal([2, 3, 4, 5, 1], 9));
  const along = (axis: number) => {
    const [begin, size] = [Array(5).fill(0), [...volume.shape]];
    size[axis]! -= 1;
    const first = tf.slice(volume, begin, size);
    begin[axis] = 1;
    return tf.sum(tf.abs(tf.sub(tf.slice(volume, begin, size), first)), [1, 2, 3, 4]);
  };
  const all = numbers(tf.addN([along(1), along(2), along(3)]));
  for (const v of all) expect(v).toBeCloseTo(2, 4);
});

test('an area decides a grey image, of numbers that are all equal too', () => {
  const half = core.area({ least: 0.5, most: 0.5, inside: 1, outside: 0 })(tf.fill([2, 4, 4, 1], 0.4));
  expect(numbers(tf.sum(half, [1, 2, 3]))).toEqual([8, 8]);
  // The mean of a grey image is within bounds, though no pixel is decided.
  const grey = tf.fill([1, 16], 0.4);
  expect(largest(tf.sub(core.totalMass({ low: 6, high: 7 })(grey), grey))).toBe(0);
});

test('a point whose square is beyond float32 goes to the surface of the ball', () => {
  const p = core.ball({ radius: 2 })(tf.tensor2d([[3e30, -4e30]]));
  const [x, y] = numbers(p);
  expect(x).toBeCloseTo(1.2, 6);
  expect(y).toBeCloseTo(-1.6, 6);
});

test('sets that are empty are refused', () => {
  expect(() => core.totalMass({ low: 2, high: 1 })).toThrow(/low ≤ high, got low 2, high 1/);
  expect(() => core.ball({ radius: -1 })).toThrow(/radius to be a number from 0 to 1e\+30, got -1/);
  expect(() => core.area({ least: 0.5, most: 0.4 })(tf.ones([1, 10]))).toThrow(
    /between least and most, got 5 and 4/,
  );
  expect(() => core.area({ least: [0.1, 0.2] })(tf.ones([3, 10]))).toThrow(
    /a part for each of 3 samples, got 2/,
  );
  expect(() => core.monotone({ axis: 3 })(tf.ones([3, 10]))).toThrow(/an axis 3/);
});
