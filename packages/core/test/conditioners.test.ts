import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { peakBytes, relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { nameOf } from './zoo/case';
import { conditionerLaws, conditioners, normal, OUT, random } from './zoo/conditioners';

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(conditioners.map((at) => ({ ...at, name: nameOf(at) })))('$name', ({ laws, broken }) => {
    test.each(laws.map((law) => ({ law, title: conditionerLaws[law].title })))('$title', async ({ law }) => {
      expect(await broken(law)).toEqual([]);
    });
  });

  test('a dilated block, and a strided one, are what the convolutions of tfjs make', async () => {
    const shape = [2, 7, 5, 3];
    const at = { net: core.residualBlock({ hidden: 4, dilation: 2 }), shape };
    const [x, w] = [normal(shape, 1) as tf.Tensor4D, random(at)];
    const conv = (t: tf.Tensor, W: tf.Tensor, dilation = 1) =>
      tf.conv2d(t as tf.Tensor4D, W as tf.Tensor4D, 1, 'same', 'NHWC', dilation);
    const a = tf.relu(tf.add(conv(x, w.W1!), w.b1!));
    const u = tf.add(a, tf.add(conv(a, w.W2!, 2), w.b2!));
    expect(await relativeError(at.net.forward(x, w), conv(tf.relu(u), w.W3!))).toBeLessThan(1e-6);

    // Every pixel of a patch feels its own patch alone.
    const big = {
      net: core.residualBlock({ hidden: 4, stride: 4, inner: 1 }),
      shape: [1, 8, 8, 1],
    };
    const weights = random(big);
    const touched = tf.buffer([1, 8, 8, 1]);
    touched.set(1, 0, 5, 2, 0);
    const quiet = big.net.forward(tf.zeros([1, 8, 8, 1]), weights);
    const moved = tf.sub(big.net.forward(touched.toTensor(), weights), quiet);
    const sizes = await tf.sum(tf.abs(moved), [0, 3]).data();
    const inside = Array.from(sizes, (_, i) => i >= 32 && i % 8 < 4);
    expect(Array.from(sizes, (size) => size > 0)).toEqual(inside);
  });
});

describe('convNet', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test('names, order and first values of its weights are those of saved models', async () => {
    const specs = core.convNet({ hidden: 8 }).weights([1, 4, 4, 2], 4, [1, 3]);
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['W1', [3, 3, 5, 8]],
      ['b1', [8]],
      ['W2', [1, 1, 8, 8]],
      ['b2', [8]],
      ['W3', [3, 3, 8, 4]],
      ['b3', [4]],
    ]);
    const first = await Promise.all([specs[0]!.initialize(3).data(), specs[2]!.initialize(3).data()]);
    expect(first.map((v) => v[0])).toEqual([expect.closeTo(0.016545, 6), expect.closeTo(0.03924, 6)]);
  });
});

test('hidden biases fill the interval ±1/√fan-in evenly', async () => {
  await tf.setBackend('cpu');
  const specs = core.denseNet({ hidden: 4000 }).weights([1, 4], OUT);
  const start = specs.find(({ name }) => name === 'b1')!.initialize(1);
  const b = Array.from(start.dataSync());
  const moment = (k: number) => b.reduce((sum, v) => sum + v ** k, 0) / b.length;
  expect([Math.min(...b), Math.max(...b)]).toEqual([expect.closeTo(-0.5, 2), expect.closeTo(0.5, 2)]);
  // Of 4,000 numbers the mean deviates by 0.0046, the second moment by 0.0012: four deviations.
  expect(Math.abs(moment(1))).toBeLessThan(0.018);
  expect(Math.abs(moment(2) - 1 / 12)).toBeLessThan(0.005);
});

/** Peak of a pullback in activations of a hidden layer, what it gives back included. Five hold its two activations and compute. */
test.each([
  ['convNet', core.convNet({ hidden: 32 }), 5.2],
  ['resNet', core.resNet({ hidden: 32, kernel: 1 }), 8.2],
])('%s frees each activation when it is read for the last time', async (_, net, bound) => {
  await tf.setBackend('cpu');
  const shape = [4, 16, 16, 2];
  const w = random({ net, shape });
  const [x, dh] = [normal(shape, 1), normal([4, 16, 16, OUT], 2)];
  const { peakBytes: peak, newBytes } = await peakBytes(() => {
    const { h, pullback } = net.linearize(x, w);
    const { dx, dw } = pullback(dh);
    tf.dispose([h, dx, dw]);
  });
  expect(newBytes).toBe(0);
  expect(peak / (4 * 4 * 16 * 16 * 32)).toBeLessThan(bound);
});

describe('bad options and shapes', () => {
  const refused = (f: () => unknown, message: RegExp) => {
    expect(f).toThrow(core.InvertibleError);
    expect(f).toThrow(message);
  };
  test.each([
    [
      () => core.convNet({ kernel: 2 }),
      /convNet: expected kernel to be an odd whole number, or a list of at least 2, each .*, got 2/,
    ],
    [() => core.resNet({ kernel: -1 }), /resNet: expected kernel to be an odd whole number, got -1/],
    [
      () => core.denseNet({ hidden: 0 }),
      /denseNet: expected hidden to be a whole number from 1, or a list, each .*, got 0/,
    ],
    [() => core.denseNet({ layers: 1.5 }), /denseNet: expected layers/],
    [() => core.residualBlock({ dilation: 0 }), /residualBlock: expected dilation/],
    [
      () => core.residualBlock({ stride: 3 as 2 }),
      /residualBlock: expected stride to be one of 1, 2, 4, got 3/,
    ],
    [
      () => core.convNet({ activation: 'gelu' as 'tanh' }),
      /expected activation to be one of relu, .*, got "gelu"/,
    ],
    [() => core.uNet({ levels: 0 }), /uNet: expected levels/],
    [() => core.conditionerOf({ kind: 'toString' as 'conv' }), /kind to be one of conv, dense, .*toString/],
    [() => core.uNet().weights([1, 4, 6, 2], 2), /uNet: expected .*divisible by 4, got shape \[1, 4, 6, 2\]/],
    [() => core.uNet().weights([1, 4], 2), /uNet: expected one to three spatial axes/],
    [() => core.residualBlock({ stride: 2 }).weights([1, 3, 2], 2), /divisible by 2, got shape \[1, 3, 2\]/],
    [() => core.vit({ hidden: 6, heads: 4 }), /vit: expected hidden to be a multiple of 4 heads, got 6/],
    [() => core.vit().weights([1, 4], 2), /vit: expected 1 to 3 spatial axes.*got shape \[1, 4\]/],
    [
      () => core.vit({ patch: 2 }).weights([1, 4, 3, 1], 2),
      /vit: .*divisible by 2, got shape \[1, 4, 3, 1\]/,
    ],
    [() => core.vit().weights([1, Number.NaN, 4, 1], 2), /positions: expected known spatial sizes/],
    [() => core.conditionalResidualBlock().weights([1, 3], 2), /expected a condition, got none/],
  ])('are refused: %s', refused);

  test('a condition other than that of the weights is refused', () => {
    const net = core.residualBlock({ stride: 2, hidden: 4 });
    const w = random({ net, shape: [2, 4, 4, 1], condition: [2, 3] });
    const x = tf.zeros([2, 4, 4, 1]);
    refused(() => net.forward(x, w), /expected 16 channels to read.* got 4, .* no condition/);
    refused(() => net.forward(x, w, tf.zeros([2, 5])), /expected 16 channels to read.* got 24, /);
    refused(() => net.linearize(x, w, tf.zeros([2, 2, 2, 3])), /expected a condition \[\?, 4, 4, \?\]/);

    const lifted = core.conditionalResidualBlock({ hidden: 4 });
    const v = random({ net: lifted, shape: [2, 4, 4, 1], condition: [2, 3] });
    refused(() => lifted.forward(x, v, tf.zeros([2, 5])), /W0 of float32 \[5, 16\]/);
  });

  test('weights of a vision transformer are those of one size, of attention those of any', () => {
    const [small, large] = [tf.zeros([2, 4, 4, 3]), tf.zeros([2, 4, 6, 3])];
    const w = random({ net: core.vit(), shape: small.shape });
    refused(() => core.vit().forward(large, w), /positions: expected 16 pixels, got shape \[2, 24, 32\]/);
    const net = core.attention();
    const any = random({ net, shape: [1, Number.NaN, Number.NaN, 3] });
    expect(net.forward(large, any).shape).toEqual([2, 4, 6, OUT]);
  });

  test('a conditioner is handed on by conditionerOf', () => {
    const net = core.convNet();
    expect(core.conditionerOf(net)).toBe(net);
  });
});
