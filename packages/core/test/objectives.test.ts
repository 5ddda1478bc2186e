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

interface Entry {
  make: () => core.Projection;
  /** How far x is from the set, at most: zero inside. */
  outside(x: tf.Tensor): number;
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

describe.each(Object.entries(sets))('%s', (_, { make, outside }) => {
  const x = () => normal([50, ...sample], 1, 2);
  /** Rounding of sums over a sample of 12. */
  const rounding = 1e-5;

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

  test('no point of the set is nearer: ⟨x − P x, q − P x⟩ ≤ 0 for q in it', () => {
    const [P, at] = [make(), x()];
    const [p, q] = [P(at), P(normal(at.shape, 2, 3))];
    const products = numbers(tf.sum(tf.mul(tf.sub(at, p), tf.sub(q, p)), [1, 2]));
    expect(Math.max(...products)).toBeLessThan(10 * rounding);
  });

  test('two points come no further apart', () => {
    const [P, a] = [make(), x()];
    const b = tf.add(a, normal(a.shape, 3, 0.5));
    const [before, after] = [numbers(norms(tf.sub(a, b))), numbers(norms(tf.sub(P(a), P(b))))];
    expect(Math.max(...after.map((v, i) => v - before[i]!))).toBeLessThan(rounding);
  });

  test('the gradient of the distance is x − P x, and differences of it agree', () => {
    const [P, at, v] = [make(), x(), normal([50, ...sample], 4)];
    const distance = core.distanceToSet(P);
    const before = tf.memory().numTensors;
    const [g, value] = [tf.grad((t: tf.Tensor) => tf.sum(distance(t)))(at), distance(at)];
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(value.shape).toEqual([50]);
    expect(largest(tf.sub(g, tf.sub(at, P(at))))).toBe(0);
    const h = 1e-2;
    const along = (s: number) => numbers(distance(tf.add(at, tf.mul(v, s))));
    const [plus, minus] = [along(h), along(-h)];
    const exact = numbers(tf.sum(tf.mul(g, v), [1, 2]));
    // The gradient is Lipschitz with constant 1, so a difference is off by at most h‖v‖²/2.
    const bound = numbers(norms(v)).map((u, i) => (h * u ** 2) / 2 + (2e-6 * (1 + plus[i]!)) / h);
    expect(exact.every((e, i) => Math.abs((plus[i]! - minus[i]!) / (2 * h) - e) < bound[i]!)).toBe(true);
  });

  test('nothing is NaN at ±1e30', () => {
    const far = tf.tidy(() => tf.mul(1e30, tf.sign(normal([2, ...sample], 6))));
    for (const t of [make()(far), core.distanceToSet(make())(far)]) {
      expect(numbers(t).some(Number.isNaN)).toBe(false);
    }
  });
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
});

test('meanSquaredError is half the squared distance over the batch', () => {
  const [x, y] = [
    tf.tensor2d([
      [1, 2],
      [3, 5],
    ]),
    tf.tensor2d([
      [0, 2],
      [1, 1],
    ]),
  ];
  const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => core.meanSquaredError(t, y))(x);
  // (1 + 0 + 4 + 16) / (2 · 2)
  expect(numbers(value)).toEqual([5.25]);
  expect(numbers(grad)).toEqual([0.5, 0, 1, 2]);
});

test('negativeLogLikelihood holds the constants and the log-det', () => {
  const y = tf.tensor2d([[1, 2]]);
  const logDet = tf.tensor1d([0.25]);
  const expected = 2.5 + Math.log(2 * Math.PI) - 0.25;
  expect(core.negativeLogLikelihood({ y, logDet }).dataSync()[0]).toBeCloseTo(expected, 6);
  const base = core.diagonalNormal();
  const w = { 'flow/bias': tf.tensor1d([1, 2]), 'flow/logScale': tf.tensor1d([0.5, 0]) };
  const shifted = Math.log(2 * Math.PI) + 0.5 - 0.25;
  expect(core.negativeLogLikelihood({ y, logDet }, { base, w }).dataSync()[0]).toBeCloseTo(shifted, 6);
});

test('bitsPerDim of bytes that are uniform is 8, and without levels nats become bits', () => {
  expect(core.bitsPerDim(0, 784)).toBe(8);
  expect(core.bitsPerDim(10 * Math.LN2, 10, { levels: 1 })).toBeCloseTo(1, 12);
  const bits = core.bitsPerDim(tf.tensor1d([0, -24 * Math.LN2]), 12, { levels: 32 });
  expect(numbers(bits)).toEqual([5, 3]);
  expect(() => core.bitsPerDim(1, 2, { levels: 0 })).toThrow(/levels to be a whole number from 1, got 0/);
});

describe('crossEntropyAt', () => {
  const labels = [
    { at: [1, 2, 0], class: 2 },
    { at: [0, 1, 3], class: 0 },
  ];
  const logits = () => normal([2, 3, 4, 3], 5);

  test('is the mean of −log softmax at the places, whatever the logits are elsewhere', () => {
    const all = logits().arraySync() as number[][][][];
    const expected = labels.map(({ at: [b, y, x], class: own }) => {
      const row = all[b!]![y!]![x!]!;
      return Math.log(row.reduce((sum, l) => sum + Math.exp(l), 0)) - row[own]!;
    });
    const value = numbers(core.crossEntropyAt(labels)(logits()))[0]!;
    expect(value).toBeCloseTo((expected[0]! + expected[1]!) / 2, 6);
  });

  test('its gradient is (softmax − class)/n at the places and 0 elsewhere', () => {
    const gradient = tf.grad((t: tf.Tensor) => core.crossEntropyAt(labels)(t))(logits());
    const expected = tf.tidy(() => {
      const p = tf.softmax(logits()).arraySync() as number[][][][];
      const d = tf.buffer([2, 3, 4, 3]);
      for (const {
        at: [b, y, x],
        class: own,
      } of labels) {
        for (let c = 0; c < 3; c++) d.set((p[b!]![y!]![x!]![c]! - Number(c === own)) / 2, b!, y!, x!, c);
      }
      return d.toTensor();
    });
    expect(largest(tf.sub(gradient, expected))).toBeLessThan(1e-7);
  });

  test('places and classes that are not there are refused', () => {
    const at = (place: number[], own: number) => () =>
      core.crossEntropyAt([{ at: place, class: own }])(logits());
    expect(at([2, 0, 0], 0)).toThrow(
      /a place in \[2, 3, 4\] and one of 3 classes, got \[2, 0, 0\] of class 0/,
    );
    expect(at([0, 0], 0)).toThrow(core.InvertibleError);
    expect(at([0, 0, 0], 3)).toThrow(core.InvertibleError);
    expect(at([0, 0.5, 0], 1)).toThrow(core.InvertibleError);
    expect(() => core.crossEntropyAt([])).toThrow(core.InvertibleError);
  });
});

test('intersectionOverUnion counts pixels that are not 0, of both and of either', () => {
  const [a, b] = [
    tf.tensor2d([
      [1, 1, 0],
      [0, 1, 0],
    ]),
    tf.tensor2d([
      [1, 0, 0],
      [1, 2, 0],
    ]),
  ];
  expect(numbers(core.intersectionOverUnion(a, b))).toEqual([0.5]);
  const where = tf.tensor2d([
    [1, 0, 1],
    [1, 1, 1],
  ]);
  expect(numbers(core.intersectionOverUnion(a, b, { where }))[0]).toBeCloseTo(2 / 3, 7);
  expect(numbers(core.intersectionOverUnion(tf.zeros([2, 3]), tf.zeros([2, 3])))).toEqual([1]);
  expect(numbers(core.intersectionOverUnion(a, tf.zeros([2, 3])))).toEqual([0]);
});
