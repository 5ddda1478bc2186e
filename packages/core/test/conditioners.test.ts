import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { peakBytes, relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const shapes = {
  '4 features': [3, 4],
  'a line of 8 × 2': [2, 8, 2],
  'an image of 4 × 8 × 3': [2, 4, 8, 3],
  'a volume of 4 × 4 × 4 × 2': [1, 4, 4, 4, 2],
} as const;

interface Entry {
  net: core.ConditionerSpec;
  /** Numbers of spatial axes it is tried on. Default: all. */
  axes?: readonly number[];
  /** A condition: a vector of 3 numbers, 2 channels at every pixel, or an image of its own size. */
  given?: 'vector' | 'image' | 'another image';
}

/** Every network. A new one is one line more. */
const zoo: Record<string, Entry> = {
  convNet: { net: { kind: 'conv', hidden: 5 } },
  'convNet, leaky': { net: { kind: 'conv', hidden: 5, activation: 'leakyRelu' } },
  'convNet, tanh, kernel 5': { net: { kind: 'conv', hidden: 5, activation: 'tanh', kernel: 5 } },
  'convNet, softplus, given a vector': {
    net: { kind: 'conv', hidden: 5, activation: 'softplus' },
    given: 'vector',
  },
  'convNet, given an image': { net: { kind: 'conv', hidden: 5 }, given: 'image' },
  'denseNet of 3 layers': { net: { kind: 'dense', hidden: 5, layers: 3 } },
  'denseNet without hidden layers, given an image': { net: { kind: 'dense', layers: 0 }, given: 'image' },
  residualBlock: { net: { kind: 'residual', hidden: 5 } },
  'residualBlock, gated, given a vector': {
    net: { kind: 'residual', hidden: 5, inner: 1, gated: true },
    given: 'vector',
  },
  'residualBlock, dilation 2': { net: { kind: 'residual', hidden: 5, dilation: 2 } },
  'residualBlock, dilation 3, gated': { net: { kind: 'residual', hidden: 5, dilation: 3, gated: true } },
  'residualBlock, stride 2, given an image': {
    net: { kind: 'residual', hidden: 5, stride: 2 },
    axes: [1, 2, 3],
    given: 'image',
  },
  'residualBlock, stride 4, gated, given a vector': {
    net: { kind: 'residual', hidden: 5, stride: 4, gated: true },
    axes: [1, 2, 3],
    given: 'vector',
  },
  resNet: { net: { kind: 'resNet', hidden: 4 } },
  'resNet of 1 block, softplus, given a vector': {
    net: { kind: 'resNet', hidden: 4, blocks: 1, activation: 'softplus' },
    given: 'vector',
  },
  'uNet of 1 level, given an image': {
    net: { kind: 'uNet', hidden: 3, levels: 1 },
    axes: [1, 2, 3],
    given: 'image',
  },
  uNet: { net: { kind: 'uNet', hidden: 2, levels: 2 }, axes: [1, 2, 3] },
  'conditionalResidualBlock, given a vector': {
    net: { kind: 'conditionalResidual', hidden: 5 },
    given: 'vector',
  },
  'conditionalResidualBlock, gated, strided, given another image': {
    net: { kind: 'conditionalResidual', hidden: 5, gated: true, stride: 2 },
    axes: [1, 2, 3],
    given: 'another image',
  },
};

const OUT = 3;

interface Case {
  name: string;
  net: core.Conditioner;
  shape: readonly number[];
  condition?: readonly number[];
}

const cases = Object.entries(zoo).flatMap(([name, { net, axes = [0, 1, 2, 3], given }]) =>
  Object.entries(shapes)
    .filter(([, shape]) => axes.includes(shape.length - 2))
    .map(([where, shape]): Case => {
      const conditions = {
        vector: [shape[0], 3],
        image: [...shape.slice(0, -1), 2],
        'another image': [shape[0], 2, 3, 1],
      };
      return {
        name: `${name} on ${where}`,
        net: core.conditionerOf(net),
        shape,
        ...(given && { condition: conditions[given] }),
      };
    }),
);

const normal = (shape: readonly number[], seed: number) =>
  tf.randomNormal([...shape], 0, 1, 'float32', seed + 0.5);
const specs = ({ net, shape, condition }: Case) => net.weights(shape, OUT, condition);
const initial = (at: Case): core.Weights =>
  Object.fromEntries(specs(at).map(({ name, initialize }, i) => [name, initialize(7919 * i)]));
const random = (at: Case): core.Weights =>
  Object.fromEntries(
    specs(at).map(({ name, shape }, i) => [
      name,
      tf.tidy(() => tf.mul(normal(shape, i), 0.6 / Math.sqrt(shape.length > 1 ? shape.at(-2)! : 1))),
    ]),
  );

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(cases)('$name', (at) => {
    const { net, shape, condition } = at;
    let [x, w, c, out] = [] as unknown as [tf.Tensor, core.Weights, tf.Tensor | undefined, number[]];
    beforeEach(() => {
      x = normal(shape, 50);
      c = condition && normal(condition, 60);
      w = random(at);
      out = [...shape.slice(0, -1), OUT];
    });
    afterEach(() => tf.dispose([x, w, c ?? []]));

    test('is zero at the start', async () => {
      tf.dispose(w);
      w = initial(at);
      const h = net.forward(x, w, c);
      expect(h.shape).toEqual(out);
      expect(Math.max(...(await tf.abs(h).data()))).toBe(0);
    });

    test('its pullback is the gradient of tfjs, and no tensor stays', async () => {
      const names = Object.keys(w);
      const inputs = [x, ...names.map((n) => w[n]!), ...(c ? [c] : [])];
      const dh = normal(out, 70);
      const stock = tf.grads((...ts: tf.Tensor[]) => {
        const given = Object.fromEntries(names.map((n, i) => [n, ts[i + 1]!]));
        return net.forward(ts[0]!, given, c && ts[names.length + 1]!);
      })(inputs, dh);

      const before = tf.memory().numTensors;
      const { h, pullback } = net.linearize(x, w, c);
      const { dx, dw, dc } = pullback(dh);
      expect(tf.memory().numTensors - before).toBe(2 + names.length + (c ? 1 : 0));
      tf.tidy(() => {
        net.linearize(x, w, c);
      });
      const value = net.forward(x, w, c);
      expect(tf.memory().numTensors - before).toBe(3 + names.length + (c ? 1 : 0));

      expect(await relativeError(h, value)).toBeLessThan(1e-6);
      const own = [dx, ...names.map((n) => dw[n]!), ...(c ? [dc!] : [])];
      for (const [i, gradient] of own.entries()) {
        expect(gradient.shape).toEqual(inputs[i]!.shape);
        expect(await relativeError(gradient, stock[i]!)).toBeLessThan(1e-5);
      }
      tf.dispose([stock, own, dh, h, value]);
    });

    test('pushforward and pullback are adjoint, and no tensor stays', async () => {
      const before = tf.memory().numTensors;
      const dot = async (pairs: [tf.Tensor, tf.Tensor][]) => {
        let sum = 0;
        for (const [a, b] of pairs) {
          const q = await b.data();
          Array.from(await a.data()).forEach((v, i) => {
            sum += v * q[i]!;
          });
        }
        return sum;
      };
      const [dx, dh, dc] = [normal(shape, 80), normal(out, 81), condition && normal(condition, 82)];
      const dw = Object.fromEntries(Object.keys(w).map((n, i) => [n, normal(w[n]!.shape, 90 + i)]));
      const pushed = net.pushforward(x, dx, w, dw, c, dc);
      const { h, pullback } = net.linearize(x, w, c);
      const pulled = pullback(dh);
      const right = await dot([
        [dx, pulled.dx],
        ...Object.keys(w).map((n): [tf.Tensor, tf.Tensor] => [dw[n]!, pulled.dw[n]!]),
        ...(dc ? [[dc, pulled.dc!] satisfies [tf.Tensor, tf.Tensor]] : []),
      ]);
      const left = await dot([[pushed.dh, dh]]);
      const size = Math.sqrt((await dot([[pushed.dh, pushed.dh]])) * (await dot([[dh, dh]])));
      expect(Math.abs(left - right) / size).toBeLessThan(1e-5);
      expect(await relativeError(pushed.h, h)).toBeLessThan(1e-6);
      tf.dispose([dx, dh, dc ?? [], dw, pushed, h, Object.values(pulled)]);
      expect(tf.memory().numTensors).toBe(before);
    });

    if (condition) {
      test('a condition without a tangent has a tangent of zero', async () => {
        const [dx, still] = [normal(shape, 80), tf.zeros([...condition])];
        const dw = Object.fromEntries(Object.keys(w).map((n, i) => [n, normal(w[n]!.shape, 90 + i)]));
        const [a, b] = [net.pushforward(x, dx, w, dw, c), net.pushforward(x, dx, w, dw, c, still)];
        expect(await relativeError(a.dh, b.dh)).toBe(0);
      });
    }
  });

  test('a dilated block, and a strided one, are what the convolutions of tfjs make', async () => {
    const shape = [2, 7, 5, 3];
    const at = { name: '', net: core.residualBlock({ hidden: 4, dilation: 2 }), shape };
    const [x, w] = [normal(shape, 1) as tf.Tensor4D, random(at)];
    const conv = (t: tf.Tensor, W: tf.Tensor, dilation = 1) =>
      tf.conv2d(t as tf.Tensor4D, W as tf.Tensor4D, 1, 'same', 'NHWC', dilation);
    const a = tf.relu(tf.add(conv(x, w.W1!), w.b1!));
    const u = tf.add(a, tf.add(conv(a, w.W2!, 2), w.b2!));
    expect(await relativeError(at.net.forward(x, w), conv(tf.relu(u), w.W3!))).toBeLessThan(1e-6);

    // Every pixel of a patch feels its own patch alone.
    const big = {
      name: '',
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

/** Peak of a pullback in activations of a hidden layer, what it gives back included. Five hold its two activations and compute. */
test.each([
  ['convNet', core.convNet({ hidden: 32 }), 5.2],
  ['resNet', core.resNet({ hidden: 32, kernel: 1 }), 8.2],
])('%s frees each activation when it is read for the last time', async (_, net, bound) => {
  await tf.setBackend('cpu');
  const shape = [4, 16, 16, 2];
  const w = random({ name: '', net, shape });
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
    [() => core.convNet({ kernel: 2 }), /convNet: expected kernel to be an odd whole number, got 2/],
    [() => core.resNet({ kernel: -1 }), /resNet: expected kernel to be an odd whole number, got -1/],
    [() => core.denseNet({ hidden: 0 }), /denseNet: expected hidden to be a whole number from 1, got 0/],
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
    [() => core.conditionalResidualBlock().weights([1, 3], 2), /expected a condition, got none/],
  ])('are refused: %s', refused);

  test('a condition other than that of the weights is refused', () => {
    const net = core.residualBlock({ stride: 2, hidden: 4 });
    const w = random({ name: '', net, shape: [2, 4, 4, 1], condition: [2, 3] });
    const x = tf.zeros([2, 4, 4, 1]);
    refused(() => net.forward(x, w), /expected 16 channels to read.* got 4, .* no condition/);
    refused(() => net.forward(x, w, tf.zeros([2, 5])), /expected 16 channels to read.* got 24, /);
    refused(() => net.linearize(x, w, tf.zeros([2, 2, 2, 3])), /expected a condition \[\?, 4, 4, \?\]/);

    const lifted = core.conditionalResidualBlock({ hidden: 4 });
    const v = random({ name: '', net: lifted, shape: [2, 4, 4, 1], condition: [2, 3] });
    refused(() => lifted.forward(x, v, tf.zeros([2, 5])), /W0 of float32 \[5, 16\]/);
  });

  test('a conditioner is handed on by conditionerOf', () => {
    const net = core.convNet();
    expect(core.conditionerOf(net)).toBe(net);
  });
});
