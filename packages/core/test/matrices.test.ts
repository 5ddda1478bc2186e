import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { InvertibleError } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { exponential } from '../src/matrices/exponential';
import { singularValues } from '../src/matrices/singular-values';
import { invertUnitUpper } from '../src/matrices/triangular';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const normal = (shape: number[], seed: number, deviation = 1) =>
  tf.randomNormal(shape, 0, deviation, 'float32', seed);
const largest = (t: tf.Tensor) => tf.max(tf.abs(t)).dataSync()[0]!;

/** exp(A) in float64: Taylor to order 30 of A/2¹⁰, then squared. */
function exp64(A: number[][]): number[][] {
  const n = A.length;
  const times = (P: number[][], Q: number[][]) =>
    P.map((row) => Q[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * Q[k]![j]!, 0)));
  const I = A.map((_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));
  const X = A.map((row) => row.map((v) => v / 1024));
  let W = I;
  for (let k = 30; k > 0; k--) W = times(X, W).map((row, i) => row.map((v, j) => v / k + I[i]![j]!));
  for (let k = 0; k < 10; k++) W = times(W, W);
  return W;
}

describe.each([1, 2, 3, 8, 48, 65])('of size %i', (n) => {
  test('a unit triangular matrix is inverted to float32', () => {
    const U = tf.mul(normal([n, n], 1), 2 / Math.sqrt(n));
    const full = tf.add(tf.linalg.bandPart(tf.sub(U, tf.mul(U, tf.eye(n))), 0, -1), tf.eye(n));
    const X = invertUnitUpper(U);
    const rest = tf.sub(tf.matMul(full as tf.Tensor2D, X as tf.Tensor2D), tf.eye(n));
    expect(largest(rest) / largest(X)).toBeLessThan(2e-6);
  });

  test('the exponential is that of float64, for small angles and for the largest', () => {
    for (const scale of [1e-3, 1, 1e3]) {
      const S = normal([n, n], 2, scale);
      const W = exponential({ start: 'random' }).at({ S }, [1, n]).W();
      const s = S.arraySync() as number[][];
      const K = s.map((row, i) => row.map((v, j) => (v - s[j]![i]!) / 2));
      const norm = Math.hypot(...K.flat());
      const phi = 1 / Math.sqrt(1 + norm ** 2 / (16 * n));
      const exact = exp64(K.map((row) => row.map((v) => phi * v)));
      expect(largest(tf.sub(W, tf.tensor2d(exact)))).toBeLessThan(1e-5);
    }
  });
});

test('eighteen times the same reflection is the identity, seventeen times that reflection', () => {
  const v = normal([1, 20], 3);
  const of = (k: number) => {
    const V = tf.tile(v, [k, 1]);
    return core.conv1x1({ reflections: k }).forward(tf.eye(20), { V }).y;
  };
  expect(largest(tf.sub(of(18), tf.eye(20)))).toBeLessThan(1e-5);
  expect(largest(tf.sub(of(17), of(1)))).toBeLessThan(1e-5);
});

test('a vector of zeros reflects nothing, and its gradient is zero', () => {
  const b = core.conv1x1({ reflections: 2 });
  const V = tf.tensor2d([
    [0, 0, 0],
    [3, 0, 4],
  ]);
  const x = normal([5, 3], 4);
  const { y } = b.forward(x, { V });
  expect(
    largest(tf.sub(y, core.conv1x1({ reflections: 1 }).forward(x, { V: tf.slice(V, [1, 0]) }).y)),
  ).toBeLessThan(1e-6);
  const { dw } = b.pullback(y, normal([5, 3], 5), tf.zeros([5]), { V });
  expect(largest(tf.slice(dw.V!, [0, 0], [1, -1]))).toBe(0);
});

describe('starts', () => {
  const start = (options: core.Conv1x1Options, n: number, seed = 3) => {
    const b = core.conv1x1(options);
    return b.forward(tf.eye(n), core.createWeights(b, [1, n], { seed })).y;
  };
  /** Where each channel goes, when every row and column has one 1. */
  const order = (W: tf.Tensor) => {
    const rounded = tf.round(W);
    expect(largest(tf.sub(W, rounded))).toBeLessThan(1e-5);
    return (tf.argMax(rounded, 1).arraySync() as number[]).map((j, i) => {
      expect(tf.sum(tf.abs(tf.slice(rounded, [i, 0], [1, -1]))).dataSync()[0]).toBe(1);
      return j;
    });
  };

  test("'permutation' is one cycle of all channels", () => {
    const to = order(start({ start: 'permutation' }, 48));
    const seen = new Set<number>();
    for (let i = 0; !seen.has(i); i = to[i]!) seen.add(i);
    expect(seen.size).toBe(48);
  });
  test("'lu' is the permutation of its seed", () => {
    const to = order(start({ kind: 'lu', seed: 9 }, 48));
    expect([...to].sort((a, b) => a - b)).toEqual([...Array(48).keys()]);
    expect(to).not.toEqual(order(start({ kind: 'lu', seed: 10 }, 48)));
    expect(to).toEqual(order(start({ kind: 'lu', seed: 9 }, 48, 77)));
  });
  test("'permutation' and 'reverse' are fixed, and have no weights", () => {
    expect(order(start({ kind: 'reverse' }, 5))).toEqual([4, 3, 2, 1, 0]);
    const { y } = core.permutation({ seed: 9 }).forward(tf.eye(48), {});
    expect(order(start({ kind: 'permutation', seed: 9 }, 48))).toEqual(order(y));
    expect(core.conv1x1({ kind: 'permutation' }).weights([1, 5])).toEqual([]);
  });
  test("'exponential' from the identity is the identity, else no angle is left out", () => {
    expect(largest(tf.sub(start({ kind: 'exponential', start: 'identity' }, 12), tf.eye(12)))).toBe(0);
    const W = start({ kind: 'exponential' }, 48);
    // The angles follow a semicircle of radius a = 0.93·π: the mean cosine is 2 J₁(a)/a = 0.26.
    expect(tf.sum(tf.mul(W, tf.eye(48))).dataSync()[0]! / 48).toBeCloseTo(0.26, 1);
  });
  test('a learned down-sampling starts as the Haar squeeze, or as the squeeze', () => {
    for (const shape of [
      [2, 6, 3],
      [2, 4, 6, 3],
      [2, 4, 2, 6, 3],
    ]) {
      const x = normal(shape, 6);
      for (const per of ['channel', 'all'] as const) {
        const from = (start: 'haar' | 'identity') => {
          const b = core.orthogonalDownsampling({ per, start });
          return b.forward(x, core.createWeights(b, shape)).y;
        };
        expect(largest(tf.sub(from('haar'), core.haarSqueeze().forward(x, {}).y))).toBeLessThan(2e-6);
        expect(largest(tf.sub(from('identity'), core.squeeze().forward(x, {}).y))).toBe(0);
      }
    }
  });
  test('the channels of a learned down-sampling do not meet', () => {
    const b = core.orthogonalDownsampling({ start: 'random' });
    const w = core.createWeights(b, [1, 4, 4, 3]);
    expect(w['mixing/S']!.shape).toEqual([3, 4, 4]);
    const one = tf.mul(normal([1, 4, 4, 3], 7), tf.tensor1d([0, 1, 0]));
    const bands = tf.reshape(b.forward(one, w).y, [-1, 3]);
    expect(largest(tf.mul(bands, tf.tensor1d([1, 0, 1])))).toBe(0);
  });
});

test('singular values in float64', () => {
  const rows = [
    [3, 0, 0],
    [4, 5, 0],
    [0, 0, 1e-9],
  ].map((row) => Float64Array.from(row));
  const [a, b, c] = singularValues(rows);
  expect(a).toBeCloseTo(3 * Math.sqrt(5), 14);
  expect(b).toBeCloseTo(Math.sqrt(5), 14);
  expect(c).toBeCloseTo(1e-9, 22);
});

describe('conditioning', () => {
  test.each([
    ['householder', core.conv1x1({ reflections: 48 })],
    ['exponential', core.conv1x1({ kind: 'exponential' })],
  ])('%s stays orthogonal to float32, 48 channels', async (_, b) => {
    const w = core.createWeights(b, [1, 48]);
    const { condition, logAbsDet, orthogonalityError } = await core.conditioning(b, w, [1, 48]);
    expect(orthogonalityError).toBeLessThan(2e-6);
    expect(condition - 1).toBeLessThan(4e-6);
    expect(Math.abs(logAbsDet)).toBeLessThan(4e-5);
  });
  test.each(['lu', 'qr'] as const)('%s: scales are seen, and log|det| is the layer’s', async (kind) => {
    const b = core.conv1x1({ kind });
    const fresh = core.createWeights(b, [1, 6]);
    const w = { ...fresh, l: tf.tensor1d([-2, 0, 0, 0.5, 0, 3]) };
    const report = await core.conditioning(b, w, [1, 6]);
    expect(report.condition / Math.exp(5)).toBeCloseTo(1, 5);
    expect(report.logAbsDet).toBeCloseTo(1.5, 5);
    expect(b.forward(tf.zeros([1, 6]), w).logDet.dataSync()[0]).toBeCloseTo(1.5, 6);
  });
  test('of a down-sampling, and refused where numbers are not finite', async () => {
    const b = core.orthogonalDownsampling();
    const w = core.createWeights(b, [1, 2, 2, 3]);
    expect((await core.conditioning(b, w, [1, 2, 2, 3])).orthogonalityError).toBeLessThan(2e-6);
    const l = tf.fill([3], 200);
    const lu = core.conv1x1({ kind: 'lu' });
    const far = { ...core.createWeights(lu, [1, 3]), l };
    await expect(core.conditioning(lu, far, [1, 3])).rejects.toThrow(InvertibleError);
  });
});

test('frozen weights are not trainable', () => {
  const trainable = (freeze: boolean) =>
    core
      .conv1x1({ kind: 'qr', freeze })
      .weights([1, 4])
      .map((spec) => spec.trainable ?? true);
  expect(trainable(true)).toEqual([false, false, false]);
  expect(trainable(false)).toEqual([true, true, true]);
});

test.each<[core.Conv1x1Options, RegExp]>([
  [{ kind: 'qz' as 'qr' }, /kind to be one of householder/],
  [
    { kind: 'lu', reflections: 2 },
    /for kind 'lu' no options but kind, seed, order, signs, bias, freeze, got reflections/,
  ],
  [{ kind: 'qr', start: 'random' }, /no options but kind, seed, reflections, freeze, got start/],
  [{ reflections: 0 }, /reflections to be a whole number from 1, got 0/],
  [{ start: 'identity' }, /start to be one of random, permutation, got identity/],
  [{ kind: 'reverse', freeze: true }, /for kind 'reverse' no options but kind, seed, got freeze/],
  [{ start: 'permutation', reflections: 3 }, /no reflections with start 'permutation'/],
  [{ kind: 'lu', seed: 0.5 }, /seed to be a whole number, got 0.5/],
])('conv1x1(%j) is refused', (options, message) => {
  expect(() => core.conv1x1(options)).toThrow(message);
});

test('one channel cannot be a cycle, and an odd size cannot be halved', () => {
  expect(() => core.conv1x1({ start: 'permutation' }).weights([2, 1])).toThrow(/more than one channel/);
  expect(() => core.orthogonalDownsampling().weights([2, 3, 4, 1])).toThrow(
    /orthogonalDownsampling: expected/,
  );
  expect(() => core.orthogonalDownsampling({ per: 'pixel' as 'all' })).toThrow(
    /per to be one of channel, all/,
  );
});
