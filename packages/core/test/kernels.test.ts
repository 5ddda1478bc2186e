import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { convolveInput } from '../src/kernels/convolve';

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

type Numeric = 'float32' | 'int32' | 'bool';
const kinds: Numeric[] = ['float32', 'int32', 'bool'];

/** What an op makes of the numbers 1, 2, 3, … (bool: every third is true), on a backend. */
async function made(
  backend: string,
  shape: number[],
  dtype: Numeric,
  op: (t: tf.Tensor) => tf.Tensor | tf.Tensor[],
) {
  await tf.setBackend(backend);
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
    dtype === 'bool' ? Number(i % 3 === 0) : i + 1,
  );
  const before = tf.memory().numTensors;
  const out = tf.tidy(() => [op(tf.tensor(values, shape, dtype))].flat());
  const seen = out.map((t) => ({ shape: t.shape, dtype: t.dtype, values: Array.from(t.dataSync()) }));
  tf.dispose(out);
  expect(tf.memory().numTensors).toBe(before);
  return seen;
}

/** A tensor with a block of it; 20 in a row are copied otherwise than a few. */
const blocks = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.constantFrom(0, 0, 1, 20)),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((axes) => ({
    size: axes.map(([n]) => n),
    begin: axes.map(([, from]) => from),
    shape: axes.map(([n, from, after]) => n + from + after),
  }))
  .filter(({ shape }) => tf.util.sizeFromShape(shape) < 20_000);

describe.each(kinds)('kernels that copy on the heap, %s', (dtype) => {
  const both = async (shape: number[], op: (t: tf.Tensor) => tf.Tensor | tf.Tensor[]) =>
    expect(await made('wasm', shape, dtype, op)).toEqual(await made('cpu', shape, dtype, op));

  test('slice, of rank 1 to 5, equals that of the cpu', () =>
    fc.assert(
      fc.asyncProperty(blocks, ({ shape, begin, size }) => both(shape, (t) => tf.slice(t, begin, size))),
      { numRuns: 60, seed: 3 },
    ));
  test('split and concat, along every axis', () =>
    fc.assert(
      fc.asyncProperty(blocks, fc.nat(4), ({ shape }, k) => {
        const axis = k % shape.length;
        const n = shape[axis]!;
        const sizes = [Math.floor(n / 2), n - Math.floor(n / 2), 0];
        return both(shape, (t) => {
          const parts = tf.split(t, sizes, axis);
          return [...parts, tf.concat([...parts].reverse(), axis), tf.stack([t, t], axis)];
        });
      }),
      { numRuns: 60, seed: 4 },
    ));
  test('a clone outlives its original', () =>
    both([3, 2], (t) => {
      const copy = tf.clone(t);
      t.dispose();
      return copy;
    }));
});

test('the heap may grow while a block is cut', async () => {
  await tf.setBackend('wasm');
  const big = tf.tidy(() => tf.tile(tf.reshape(tf.range(0, 1024), [1, 1024]), [2000, 1]));
  const parts = Array.from({ length: 8 }, () => tf.slice(big, [0, 1], [2000, 1023]));
  for (const part of parts) {
    const [least, most] = tf.tidy(() => [tf.min(part), tf.max(part)].map((t) => t.dataSync()[0]));
    expect([least, most]).toEqual([1, 1023]);
  }
  tf.dispose([big, ...parts]);
});

test('strings are left to the stock kernels', async () => {
  await tf.setBackend('wasm');
  const words = tf.tensor2d([['a', 'b', 'c']]);
  expect(tf.concat([words, tf.clone(words)], 1).dataSync()).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  expect(tf.slice(words, [0, 1], [1, 1]).dataSync()).toEqual(['b']);
});

test('a block that is not inside is refused', async () => {
  await tf.setBackend('wasm');
  expect(() => tf.slice(tf.ones([2, 3]), [0, 2], [2, 3])).toThrow('begin[1] + size[1]');
});

test.each<[string, number[], number[]]>([
  ['matrices', [5, 3], [4, 5]],
  ['batches of them', [2, 5, 3], [2, 4, 5]],
  ['one for all', [2, 2, 5, 3], [1, 1, 4, 5]],
])('a product of %s equals that of the cpu, whichever is transposed', async (_, a, b) => {
  const turned = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
  const product = async (backend: string, transposeA: boolean, transposeB: boolean) => {
    await tf.setBackend(backend);
    return tf.tidy(() =>
      Array.from(
        tf
          .matMul(
            random(transposeA ? a : turned(a), 1),
            random(transposeB ? b : turned(b), 2),
            transposeA,
            transposeB,
          )
          .dataSync(),
      ),
    );
  };
  const flags: [boolean, boolean][] = [
    [true, false],
    [false, true],
    [true, true],
  ];
  for (const [A, B] of flags) {
    const [cpu, wasm] = [await product('cpu', A, B), await product('wasm', A, B)];
    wasm.forEach((value, i) => void expect(value).toBeCloseTo(cpu[i]!, 5));
  }
});

test.each<[string, number[], (x: tf.Tensor, w: tf.Tensor) => tf.Tensor]>([
  ['a convolution', [2, 6, 6, 4], (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')],
  [
    'a depthwise one',
    [2, 6, 6, 4],
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
  ],
])('one tap is not flipped by the input gradient of %s', async (_, shape, apply) => {
  await tf.setBackend('wasm');
  const [x, w] = [random(shape, 1), random([1, 1, 4, 5], 2)];
  const { kernelNames } = await tf.profile(() => tf.grad((t) => apply(t, w))(x));
  expect(kernelNames).not.toContain('Reverse');
});

test.each([[[4, 5]], [[1, 4, 5]], [[1, 1, 4, 5]], [[1, 1, 1, 4, 5]]])(
  'nor by that of our networks, filter %j',
  async (filter) => {
    await tf.setBackend('wasm');
    const shape = [2, ...filter.slice(0, -2).map(() => 3), 5];
    const [dz, w] = [random(shape, 1), random(filter, 2)];
    const { kernelNames } = await tf.profile(() => convolveInput(dz, w));
    expect(kernelNames).not.toContain('Reverse');
  },
);

test('one-hot rows have the type that was asked for', async () => {
  const rows = async (backend: string, dtype: Numeric) => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const t = tf.tidy(() =>
      tf.oneHot(
        tf.tensor2d(
          [
            [0, 2],
            [-1, 3],
          ],
          [2, 2],
          'int32',
        ),
        3,
        5,
        -2,
        dtype,
      ),
    );
    const seen = { shape: t.shape, dtype: t.dtype, values: Array.from(t.dataSync()) };
    t.dispose();
    expect(tf.memory().numTensors).toBe(before);
    return seen;
  };
  for (const dtype of ['float32', 'int32'] as const) {
    expect(await rows('wasm', dtype)).toEqual(await rows('cpu', dtype));
  }
  await tf.setBackend('wasm');
  const ones = tf.oneHot(tf.tensor1d([1], 'int32'), 2, 1, 0, 'bool');
  expect([ones.dtype, ...ones.dataSync()]).toEqual(['bool', 0, 1]);
});
