import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { turned } from './turned';

const quarter = Array.from({ length: 7 }, (_, k) => (k * Math.PI) / 12 - 0.4);
const skewed = [
  [0.1, 0.4, -0.2],
  [0.3, 0.2, 0.1],
];
const mask = () => tf.tensor([1, 0, 0, 1, 1, 0], [1, 6, 1, 1]);

const zoo: Record<string, [() => core.LinearOperator, number[]]> = {
  'convolution of a line': [() => core.convolutionOperator([0.5, -1, 0.2, 0.1, 2]), [3, 9, 2]],
  'convolution of an image': [
    () => core.convolutionOperator([skewed[0]!, skewed[1]!, [1, 2, 3]]),
    [2, 6, 5, 3],
  ],
  'convolution of a volume': [
    () => core.convolutionOperator([[skewed[0]!], [skewed[1]!], [[0, 1, 0]]]),
    [2, 4, 3, 5, 2],
  ],
  mask: [() => core.maskOperator(mask()), [2, 6, 4, 3]],
  radon: [() => core.radonOperator({ angles: quarter, size: 9 }), [2, 9, 9, 1]],
  'radon of two channels, few bins': [
    () => core.radonOperator({ angles: quarter, size: 8, bins: 5 }),
    [3, 8, 8, 2],
  ],
  'differences of a line': [() => core.gradientOperator(), [3, 7, 2]],
  'differences of an image': [() => core.gradientOperator(), [2, 6, 5, 3]],
  'differences of a volume, one plane thick': [() => core.gradientOperator(), [2, 4, 1, 5, 2]],
  'poststack section': [
    () => core.poststackOperator({ frequency: 30, interval: 0.004, smoothing: 1.5 }),
    [2, 24, 9, 2],
  ],
  'poststack traces': [() => core.poststackOperator({ frequency: 60, interval: 0.004 }), [2, 20, 1, 1]],
  turned: [() => turned, [2, 5, 2]],
};

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  test.each(Object.entries(zoo))(
    '%s: the adjoint is the transpose, no tensor is left',
    async (_, [make, shape]) => {
      const operator = make();
      const before = tf.memory().numTensors;
      expect(await core.dotTest(operator, shape)).toBeLessThan(1e-6);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

const values = (t: tf.Tensor) => Array.from(t.dataSync());

test('the dot test sees an adjoint that is not the transpose', async () => {
  const wrong = { apply: turned.apply, adjoint: turned.apply };
  expect(await core.dotTest(wrong, [4, 2])).toBeGreaterThan(0.01);
});

test('a convolution is that of tfjs', async () => {
  const x = tf.randomNormal([2, 5, 6, 1], 0, 1, 'float32', 1) as tf.Tensor4D;
  const kernel = [...skewed, [1, 2, 3]];
  const filter = tf.tensor4d(kernel.flat(), [3, 3, 1, 1]);
  const operator = core.convolutionOperator(kernel);
  expect(await relativeError(operator.apply(x), tf.conv2d(x, filter, 1, 'same'))).toBeLessThan(1e-6);
});

test('a projection keeps mass, whatever the angle, and sees a disc as its chords', () => {
  const size = 32;
  const angles = [0, 0.3, Math.PI / 4, 1.2, Math.PI / 2];
  const radon = core.radonOperator({ angles, size });
  const [radius, middle] = [12, (size - 1) / 2];
  const disc = tf.tensor(
    Array.from({ length: size * size }, (_, i) =>
      Math.hypot((i % size) - middle, Math.floor(i / size) - middle) < radius ? 1 : 0,
    ),
    [1, size, size, 1],
  );
  const mass = values(tf.sum(disc))[0]!;
  const sinogram = radon.apply(disc);
  for (const m of values(tf.sum(sinogram, [0, 2, 3]))) expect(m / mass).toBeCloseTo(1, 5);
  const bins = sinogram.shape[2]!;
  const chord = (bin: number) => {
    const t = bin + 0.5 - bins / 2;
    return Math.abs(t) < radius ? 2 * Math.sqrt(radius ** 2 - t ** 2) : 0;
  };
  // The rim of a disc of whole pixels is rough: one pixel and a half at either end of a chord.
  for (const [i, m] of values(sinogram).entries()) expect(Math.abs(m - chord(i % bins))).toBeLessThan(5);
  expect(values(sinogram)[Math.floor(bins / 2)]! / chord(Math.floor(bins / 2))).toBeCloseTo(1, 1);
  radon.dispose();
});

test('angle 0 sums columns, a right angle sums rows from below', () => {
  const radon = core.radonOperator({ angles: [0, Math.PI / 2], size: 3, bins: 3 });
  const x = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  for (const [i, v] of values(radon.apply(x)).entries())
    expect(v).toBeCloseTo([12, 15, 18, 24, 15, 6][i]!, 5);
});

test('the norm is that of the matrix, and Landweber steps with it', async () => {
  // Singular values of the 2 × 2 matrix of `turned`, from its trace and determinant.
  const [trace, det] = [0.6 ** 2 + 0.5 ** 2 + 0.4 ** 2 + 0.7 ** 2, 0.6 * 0.7 + 0.5 * 0.4];
  const largest = (trace + Math.sqrt(trace ** 2 - 4 * det ** 2)) / 2;
  expect(values(core.squaredNorm(turned, [1, 2], { iterations: 60 }))[0]).toBeCloseTo(largest, 5);
  const x = tf.randomNormal([3, 4, 2], 0, 1, 'float32', 2);
  const d = turned.apply(x);
  const before = tf.memory().numTensors;
  const found = core.landweber(turned, d, { steps: 100 });
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(await relativeError(found, x)).toBeLessThan(1e-5);
  const one = core.landweber(turned, d, { steps: 1, step: 0.5 });
  expect(await relativeError(one, tf.mul(turned.adjoint(d), 0.5))).toBeLessThan(1e-6);
});

test('differences are those of neighbours, axis by axis, and zero at the far end', () => {
  const x = tf.tensor([1, 4, 2, 10, 20, 40], [1, 2, 3, 1]);
  const [down, right] = tf.split(core.gradientOperator().apply(x), 2, -1) as [tf.Tensor, tf.Tensor];
  expect(values(down)).toEqual([9, 16, 38, 0, 0, 0]);
  expect(values(right)).toEqual([3, -2, 0, 10, 20, 0]);
  expect(values(core.squaredNorm(core.gradientOperator(), [1, 32, 32, 1]))[0]).toBeLessThan(8);
});

test('a section of one reflector is its wavelet, without zero frequency, as bright whatever the smoothing', () => {
  const [frequency, interval, n] = [25, 0.004, 41];
  const spike = tf.reshape(tf.oneHot(tf.tensor1d([20 * n + 20], 'int32'), n * n), [1, n, n, 1]);
  const seen = core.poststackOperator({ frequency, interval, smoothing: 2 }).apply(tf.cast(spike, 'float32'));
  const trace = values(tf.sum(seen, [0, 2, 3]));
  for (const [row, v] of trace.entries()) {
    const a = (Math.PI * frequency * (row - 20) * interval) ** 2;
    expect(v).toBeCloseTo((1 - 2 * a) * Math.exp(-a), 5);
  }
  expect(trace.reduce((sum, v) => sum + v)).toBeCloseTo(0, 4);
  const width = values(tf.slice(seen, [0, 20, 0, 0], [1, 1, -1, 1])).map((v, k) => v * (k - 20) ** 2);
  expect(width.reduce((sum, v) => sum + v)).toBeCloseTo(4, 2);
});

test('what does not fit is refused', () => {
  expect(() => core.convolutionOperator([[1, 2]])).toThrow(/odd sizes.*\[1, 2\]/);
  expect(() => core.convolutionOperator([[1], [2, 3], [4]])).toThrow(/sizes \[3, 1\] and 4 numbers/);
  expect(() => core.convolutionOperator([1]).apply(tf.ones([1, 2, 2, 1]))).toThrow(/1 spatial axes/);
  expect(() => core.maskOperator(mask()).apply(tf.ones([2, 5, 4, 3]))).toThrow(
    /\[1, 6, 1, 1\].*\[2, 5, 4, 3\]/,
  );
  expect(() => core.radonOperator({ angles: [], size: 3 })).toThrow(/angles to be a list of at least 1/);
  expect(() => core.radonOperator({ angles: [0], size: 3 }).apply(tf.ones([1, 4, 4, 1]))).toThrow(
    /\[\?, 3, 3, \?\]/,
  );
  expect(() => core.landweber(turned, tf.ones([1, 2]), { step: -1 })).toThrow(/step to be a number above 0/);
  expect(() => core.gradientOperator().apply(tf.ones([1, 2]))).toThrow(/1 to 3 spatial axes.*\[1, 2\]/);
  expect(() => core.gradientOperator().adjoint(tf.ones([1, 2, 2, 3]))).toThrow(/each of 2 axes/);
  expect(() => core.poststackOperator({ frequency: 25, interval: 4 })).toThrow(/0.005 to 0.25.*100/);
});
