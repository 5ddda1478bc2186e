import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { activationsOf } from './activations';

const net = (depth: number) =>
  core.hyperbolicNetwork({ architecture: Array.from({ length: depth }, () => ({ hidden: 4 })) });
const pair = (shape: number[]) => core.pairOfStates(tf.randomNormal(shape, 0, 1, 'float32', 1));

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test.each([4, 16, 64])('depth %i at the default step: states stay bounded and come back', async (depth) => {
  for (const seed of [1, 2, 3]) {
    const b = net(depth);
    const x = pair([2, 8, 8, 4]);
    const w = core.createWeights(b, x.shape, { seed });
    const { y } = b.forward(x, w);
    expect(await relativeError(b.inverse(y, w).x, x)).toBeLessThan(1e-5);
    const largest = (t: tf.Tensor) => tf.max(tf.abs(t)).dataSync()[0]!;
    expect(largest(y) / largest(x)).toBeLessThan(5);
  }
});

test('peak activation memory is flat in depth, as one op and as many', async () => {
  const x = pair([4, 16, 16, 4]);
  const one = (depth: number) => activationsOf([net(depth)], x);
  const many = (depth: number) =>
    activationsOf(
      Array.from({ length: depth }, () => net(1)),
      x,
    );
  for (const peak of [one, many]) expect((await peak(64)) / (await peak(4))).toBeLessThan(1.05);
});

test.each([
  ['image', [1, 32, 32, 2]],
  ['volume', [1, 10, 10, 10, 2]],
])(
  'a step on an %s holds three hidden activations, and of states and filters less than a fourth',
  async (_, shape) => {
    const x = pair(shape);
    const wide = core.hyperbolicNetwork({ architecture: [{ hidden: 64 }, { hidden: 64 }, { hidden: 64 }] });
    const channels = (await activationsOf([wide], x)) / (x.size / 4) / 4;
    expect(channels).toBeGreaterThan(3 * 64);
    expect(channels).toBeLessThan(4 * 64);
  },
);

test('the wave of a pair at rest: without kernels it stays, as many channels are halved and doubled', () => {
  const b = core.hyperbolicNetwork({ architecture: [{}, { action: 'down' }, { action: 'up' }] });
  const x = pair([1, 4, 4, 2]);
  const w = Object.fromEntries(b.weights(x.shape).map(({ name, shape }) => [name, tf.zeros([...shape])]));
  const { y } = b.forward(x, w);
  expect(b.outputShape(x.shape)).toEqual(x.shape);
  const at = Array.from(x.dataSync());
  Array.from(y.dataSync()).forEach((v, i) => {
    expect(v).toBeCloseTo(at[i]!, 5);
  });
});

test('what does not fit is refused', () => {
  expect(() => core.hyperbolicNetwork({ architecture: [] })).toThrow(
    /architecture to be a list of at least 1/,
  );
  expect(() => core.hyperbolicNetwork({ kernel: 2 })).toThrow(/kernel to be an odd/);
  expect(() => core.hyperbolicNetwork({ architecture: [{ action: 'sideways' as 'same' }] })).toThrow(
    /sideways/,
  );
  expect(() =>
    core.hyperbolicNetwork({ architecture: [{ action: 'down' }] }).outputShape([1, 3, 4, 4]),
  ).toThrow(/even/);
});
