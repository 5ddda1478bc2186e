import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

beforeAll(() => {
  registerKernels();
  registerKernels();
});

/** Paddings as numbers are left out: on them the stock forward kernel of wasm itself writes out of bounds. */
interface Case {
  batch: number;
  size: [number, number];
  kernel: [number, number];
  channels: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
  depthwise: boolean;
}

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Gradients of a convolution as plain numbers, on a backend. */
async function gradients(backend: string, c: Case): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const out = tf.tidy(() => {
    const x = random([c.batch, ...c.size, c.channels[0]], 1) as tf.Tensor4D;
    const w = random([...c.kernel, ...c.channels], 2) as tf.Tensor4D;
    const conv = (a: tf.Tensor, b: tf.Tensor) =>
      (c.depthwise ? tf.depthwiseConv2d : tf.conv2d)(a as tf.Tensor4D, b as tf.Tensor4D, c.strides, c.pad);
    const y = conv(x, w);
    return tf.grads((a: tf.Tensor, b: tf.Tensor) => conv(a, b))([x, w], random(y.shape, 3));
  });
  const values = out.map((t) => new Float32Array(t.dataSync()));
  tf.dispose(out);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

async function expectEqual(c: Case): Promise<void> {
  const [cpu, wasm] = [await gradients('cpu', c), await gradients('wasm', c)];
  wasm.forEach((g, k) => {
    const scale = cpu[k]!.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    const error = g.reduce((m, v, i) => Math.max(m, Math.abs(v - cpu[k]![i]!)), 0);
    expect(g.length).toBe(cpu[k]!.length);
    expect(error / scale).toBeLessThan(1e-5);
  });
}

const plain: Case = {
  batch: 2,
  size: [6, 5],
  kernel: [3, 3],
  channels: [4, 3],
  strides: [1, 1],
  pad: 'same',
  depthwise: false,
};
const chosen: [string, Partial<Case>][] = [
  ['3×3', {}],
  ['batch 1', { batch: 1 }],
  ['1×1', { kernel: [1, 1] }],
  ['1×1, stride 2', { kernel: [1, 1], strides: [2, 2] }],
  ['stride above the kernel', { kernel: [2, 2], strides: [3, 3], size: [9, 8] }],
  ['stride 2 that leaves a row over', { strides: [2, 2], size: [6, 8], pad: 'valid' }],
  ['strides 2 and 3, odd size', { strides: [2, 3], size: [7, 9] }],
  ['even kernel', { kernel: [4, 2] }],
];

describe.each([false, true])('depthwise %s', (depthwise) => {
  test.each(chosen)('gradients of a convolution equal those of the cpu: %s', (_, more) =>
    expectEqual({ ...plain, ...more, depthwise }),
  );
  test('and on any other', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          size: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })),
          kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
          channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 })),
          strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
          pad: fc.constantFrom('same' as const, 'valid' as const),
        }),
        (c) => expectEqual({ ...c, depthwise }),
      ),
      { numRuns: 40, seed: 7 },
    ));
});

test('the gradient of gather adds up repeated rows', async () => {
  await tf.setBackend('wasm');
  const x = random([4, 2], 1);
  const dx = tf.grad((t: tf.Tensor) => tf.gather(t, tf.tensor1d([2, 0, 2], 'int32')))(x);
  expect(Array.from(dx.dataSync())).toEqual([1, 1, 0, 0, 2, 2, 0, 0]);
});
