import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { freeSample, inversion, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { activationsOf } from './activations';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const length = (t: tf.Tensor) => tf.norm(t).dataSync()[0]!;

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test.each([
  [[1, 8, 8, 6], 0.5, [6, 12, 24]],
  [[1, 8, 8, 8, 4], 0.25, [4, 8, 16]],
  [[1, 8, 3], 0.5, [3, 4, 4]],
])('the levels of %j have as many channels as their share says', (shape, share, channels) => {
  const b = core.iunet({ levels: 2, couplings: 1, hidden: 2, share });
  const mixings = b.weights(shape).filter(({ name }) => name.endsWith('0/V'));
  const mixed = [...new Map(mixings.map(({ name, shape: s }) => [name.split('/').length, s[1]])).values()];
  expect(mixed).toEqual(channels);
});

test('a fresh one is an orthogonal map that keeps the shape', () => {
  const b = core.iunet({ levels: 3, couplings: 1, share: 0.3, hidden: 3 });
  const x = normal([1, 8, 8, 8, 2], 1);
  const w = core.createWeights(b, x.shape, { seed: 2 });
  expect(b.outputShape(x.shape)).toEqual(x.shape);
  expect(length(b.forward(x, w).y) / length(x)).toBeCloseTo(1, 5);
});

test('30 couplings on each level are undone', async () => {
  const b = core.iunet({ levels: 2, couplings: 30, hidden: 4 });
  const at = sample(b, [1, 8, 8, 4]);
  // As large as training leaves them: those of a law make the state of 150 couplings explode.
  const size = (name: string) => (name.endsWith('V') ? 1 : 0.5);
  const w = Object.fromEntries(Object.entries(at.w).map(([name, t]) => [name, tf.mul(t, size(name))]));
  expect((await inversion({ ...at, w })).x).toBeLessThan(1e-5);
  freeSample(at);
});

test('peak activation memory is flat in couplings per level', async () => {
  const x = normal([2, 16, 16, 8], 1);
  const peak = (couplings: number) => activationsOf([core.iunet({ levels: 2, couplings, hidden: 16 })], x);
  expect((await peak(30)) / (await peak(5))).toBeLessThan(1.05);
});

test('what does not fit is refused', () => {
  expect(() => core.iunet({ share: 1 })).toThrow(/share to be a number between 0 and 1/);
  expect(() => core.iunet({ levels: -1 })).toThrow(/levels/);
  expect(() => core.iunet({ coupling: 'hint' as 'affine' })).toThrow(
    /coupling to be one of additive, affine/,
  );
  expect(() => core.iunet().outputShape([1, 6, 6, 4])).toThrow(/divisible by 4.*\[1, 6, 6, 4\]/);
  expect(() => core.iunet().weights([1, 8, 8, 1])).toThrow(/at least 2 channels/);
});
