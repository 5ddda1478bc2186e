import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { execFileSync } from 'node:child_process';
import { registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { convolve, convolveFilter, convolveInput } from '../src/kernels/convolve';

beforeAll(() => registerKernels());

interface Case {
  batch: number;
  size: [number, number, number];
  kernel: [number, number, number];
  channels: [number, number];
  pad: 'same' | 'valid';
}

const random = (shape: number[], seed: number) =>
  tf.randomNormal<tf.Rank.R5>(shape as tf.Tensor5D['shape'], 0, 1, 'float32', seed);

/** What a function makes on a backend, as plain numbers. */
async function on(backend: string, make: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const made = tf.tidy(make);
  const values = made.map((t) => new Float32Array(t.dataSync()));
  tf.dispose(made);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

async function expectSame(make: () => tf.Tensor[]): Promise<void> {
  const [cpu, wasm] = [await on('cpu', make), await on('wasm', make)];
  expect(wasm.map((t) => t.length)).toEqual(cpu.map((t) => t.length));
  cpu.forEach((values, k) => {
    const scale = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
    values.forEach((v, i) => {
      expect(Math.abs(wasm[k]![i]! - v) / scale).toBeLessThan(1e-5);
    });
  });
}

/** A convolution of volumes and both of its gradients. */
const convolution = (c: Case) => () => {
  const [x, w] = [random([c.batch, ...c.size, c.channels[0]], 1), random([...c.kernel, ...c.channels], 2)];
  const conv = (a: tf.Tensor, b: tf.Tensor) => tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, 1, c.pad);
  const y = conv(x, w);
  return [y, ...tf.grads(conv)([x, w], random(y.shape, 3))];
};

const plain: Case = { batch: 2, size: [5, 4, 6], kernel: [3, 3, 3], channels: [3, 8], pad: 'same' };

describe('convolutions of volumes and their gradients are those of the cpu', () => {
  test.each<[string, Partial<Case>]>([
    ['3 × 3 × 3', {}],
    ['one tap', { kernel: [1, 1, 1] }],
    ['rows shorter than a step', { size: [4, 5, 2], kernel: [3, 3, 1] }],
    ['more outputs than a block', { channels: [2, 21] }],
    ['rows longer than a piece', { size: [1, 1, 1500], kernel: [1, 1, 3], channels: [4, 4] }],
    ['one tap, more pixels than a piece', { size: [10, 10, 50], kernel: [1, 1, 1], channels: [4, 5] }],
    ['an even kernel', { kernel: [2, 4, 2] }],
    ['no zeros around', { pad: 'valid' }],
  ])('%s', (_, more) => expectSame(convolution({ ...plain, ...more })));

  test('and any other', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 2 }),
          size: fc.tuple(
            fc.integer({ min: 4, max: 6 }),
            fc.integer({ min: 4, max: 6 }),
            fc.integer({ min: 4, max: 9 }),
          ),
          kernel: fc.tuple(
            fc.integer({ min: 1, max: 4 }),
            fc.integer({ min: 1, max: 3 }),
            fc.integer({ min: 1, max: 4 }),
          ),
          channels: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 13 })),
          pad: fc.constantFrom('same' as const, 'valid' as const),
        }),
        (c) => expectSame(convolution(c)),
      ),
      { numRuns: 30, seed: 5 },
    ));
});

test('one kernel for a volume computes what one convolution for each tap in depth does', () =>
  expectSame(() => {
    const [x, w] = [random([2, 4, 5, 6, 3], 1), random([3, 3, 3, 3, 5], 2)];
    const z = convolve(x, w);
    return [z, convolveInput(z, w), convolveFilter(x, z, w.shape)];
  }));

test('the module in the sources is what AssemblyScript makes of simd/', () => {
  execFileSync(process.execPath, [`${__dirname}/../tools/write-simd.mjs`, '--check']);
});
