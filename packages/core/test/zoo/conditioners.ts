import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Case } from './case';

const shapes: Record<string, readonly number[]> = {
  '4 features': [3, 4],
  'a single sample of 4 features': [1, 4],
  'a line of 8 × 2': [2, 8, 2],
  'an image of 4 × 8 × 3': [2, 4, 8, 3],
  'a volume of 4 × 4 × 4 × 2': [1, 4, 4, 4, 2],
};

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
  'convNet of kernels 1, 3, 1, 3, sigmoid': {
    net: { kind: 'conv', hidden: [5, 3, 4], kernel: [1, 3, 1, 3], activation: 'sigmoid' },
  },
  'denseNet of widths 6 and 3, elu': { net: { kind: 'dense', hidden: [6, 3], activation: 'elu' } },
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
  'resNet, preactivated': { net: { kind: 'resNet', hidden: 4, preactivated: true } },
  'uNet of 1 level, given an image': {
    net: { kind: 'uNet', hidden: 3, levels: 1 },
    axes: [1, 2, 3],
    given: 'image',
  },
  uNet: { net: { kind: 'uNet', hidden: 2, levels: 2 }, axes: [1, 2, 3] },
  // A layer norm of two channels leaves their signs: its gradient is rounding.
  attention: { net: { kind: 'attention', hidden: 3, heads: 1 }, axes: [2] },
  'attention, given a vector': {
    net: { kind: 'attention', hidden: 4, heads: 2 },
    axes: [1, 2, 3],
    given: 'vector',
  },
  mlp: { net: { kind: 'mlp', hidden: 5 }, axes: [0, 2] },
  'mlp, given a vector': { net: { kind: 'mlp', hidden: 5 }, given: 'vector' },
  vit: { net: { kind: 'vit', hidden: 4, heads: 2, blocks: 1 }, axes: [1, 2, 3] },
  'vit of patches, given an image': {
    net: { kind: 'vit', hidden: 6, heads: 3, blocks: 2, patch: 2 },
    axes: [1, 2, 3],
    given: 'image',
  },
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

/** Channels of the output. */
export const OUT = 3;

export interface Setting {
  net: core.Conditioner;
  shape: readonly number[];
  condition?: readonly number[];
}

export const normal = (shape: readonly number[], seed: number) =>
  tf.randomNormal([...shape], 0, 1, 'float32', seed + 0.5);

const specs = ({ net, shape, condition }: Setting) => net.weights(shape, OUT, condition);
const initial = (at: Setting): core.Weights =>
  Object.fromEntries(specs(at).map(({ name, initialize }, i) => [name, initialize(7919 * i)]));

export const random = (at: Setting): core.Weights =>
  Object.fromEntries(
    specs(at).map(({ name, shape }, i) => [
      name,
      tf.tidy(() => tf.mul(normal(shape, i), 0.6 / Math.sqrt(shape.length > 1 ? shape.at(-2)! : 1))),
    ]),
  );

/** A conditioner at a point: random weights, an input and, maybe, a condition. */
interface Point extends Setting {
  x: tf.Tensor;
  w: core.Weights;
  c: tf.Tensor | undefined;
  out: number[];
}

/** What is not below its bar, and NaN is not. */
const above = (what: string, error: number, bar: number): string[] =>
  error < bar ? [] : [`${what}: ${error.toExponential(1)}, and the bar is ${bar.toExponential(1)}`];

const differs = (what: string, got: unknown, expected: unknown): string[] =>
  String(got) === String(expected) ? [] : [`${what}: ${got}, not ${expected}`];

async function dot(pairs: readonly [tf.Tensor, tf.Tensor][]): Promise<number> {
  let sum = 0;
  for (const [a, b] of pairs) {
    const q = await b.data();
    Array.from(await a.data()).forEach((v, i) => {
      sum += v * q[i]!;
    });
  }
  return sum;
}

async function atTheStart(at: Point): Promise<string[]> {
  const { net, x, c, out } = at;
  const w = initial(at);
  const h = net.forward(x, w, c);
  const size = tf.abs(h);
  const found = [
    ...differs('shape of the output', h.shape, out),
    ...differs('largest output', Math.max(...(await size.data())), 0),
  ];
  tf.dispose([w, h, size]);
  return found;
}

/** Zero where the weights before them are, elsewhere within ±1/√fan-in, a function of the seed. */
async function biasesAreSpread(at: Point): Promise<string[]> {
  const all = specs(at);
  const found: string[] = [];
  for (const { name, initialize } of all.filter((spec) => spec.name.startsWith('b'))) {
    const W = all.find((spec) => spec.name === name.replace('b', 'W'))!;
    const drawn = [W.initialize(1), initialize(2), initialize(2), initialize(3)];
    const [values = [], b = [], again = [], other = []] = await Promise.all(drawn.map((t) => t.data()));
    tf.dispose(drawn);
    const bound = values.some((v) => v !== 0)
      ? 1 / Math.sqrt(W.shape.slice(0, -1).reduce((n, k) => n * k))
      : 0;
    const largest = Math.max(...b.map(Math.abs));
    if (!(largest <= bound)) found.push(`${name}: ${largest} is above ${bound}`);
    found.push(
      ...differs(`different numbers in ${name}`, new Set(b).size, bound > 0 ? b.length : 1),
      ...differs(`${name} from the same seed`, again, b),
      ...differs(`${name} from another seed is another`, String(other) !== String(b), bound > 0),
    );
  }
  return found;
}

async function gradientIsThatOfTfjs({ net, x, w, c, out }: Point, coarseness: number): Promise<string[]> {
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
  const held = tf.memory().numTensors - before;
  tf.tidy(() => {
    net.linearize(x, w, c);
  });
  const value = net.forward(x, w, c);
  const then = tf.memory().numTensors - before;
  const results = 2 + names.length + (c ? 1 : 0);
  const found = [
    ...differs('tensors held after a pullback', held, results),
    ...differs('tensors held after a forward pass', then, results + 1),
    ...above('value', await relativeError(h, value), 1e-6 * coarseness),
  ];
  const own = [dx, ...names.map((n) => dw[n]!), ...(c ? [dc!] : [])];
  for (const [i, gradient] of own.entries()) {
    const what = `gradient of ${['x', ...names, 'the condition'][i]}`;
    found.push(
      ...differs(`shape of the ${what}`, gradient.shape, inputs[i]!.shape),
      ...above(what, await relativeError(gradient, stock[i]!), 1e-5 * coarseness),
    );
  }
  tf.dispose([stock, own, dh, h, value]);
  return found;
}

/** Tangents of x and of the weights. */
const tangents = ({ shape, w }: Point) => ({
  dx: normal(shape, 80),
  dw: Object.fromEntries(Object.keys(w).map((n, i) => [n, normal(w[n]!.shape, 90 + i)])),
});

async function areAdjoint(at: Point, coarseness: number): Promise<string[]> {
  const { net, x, w, c, out, condition } = at;
  const before = tf.memory().numTensors;
  const { dx, dw } = tangents(at);
  const [dh, dc] = [normal(out, 81), condition && normal(condition, 82)];
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
  const found = [
    ...above('adjoint error', Math.abs(left - right) / size, 1e-5 * coarseness),
    ...above('value', await relativeError(pushed.h, h), 1e-6 * coarseness),
  ];
  tf.dispose([dx, dh, dc ?? [], dw, pushed, h, Object.values(pulled)]);
  return [...found, ...differs('tensors', tf.memory().numTensors, before)];
}

async function noTangentIsZero(at: Point): Promise<string[]> {
  const { net, x, w, c, condition } = at;
  const { dx, dw } = tangents(at);
  const still = tf.zeros([...condition!]);
  const [a, b] = [net.pushforward(x, dx, w, dw, c), net.pushforward(x, dx, w, dw, c, still)];
  const found = differs('difference', await relativeError(a.dh, b.dh), 0);
  tf.dispose([dx, dw, still, a, b]);
  return found;
}

/** What every conditioner keeps. */
export const conditionerLaws = {
  start: { title: 'is zero at the start', broken: atTheStart },
  biases: { title: 'its hidden biases start spread, the last at zero', broken: biasesAreSpread },
  gradient: {
    title: 'its pullback is the gradient of tfjs, and no tensor stays',
    broken: gradientIsThatOfTfjs,
  },
  adjoint: { title: 'pushforward and pullback are adjoint, and no tensor stays', broken: areAdjoint },
  still: { title: 'a condition without a tangent has a tangent of zero', broken: noTangentIsZero },
};

export type ConditionerLaw = keyof typeof conditionerLaws;

/** Every conditioner on every shape that it takes. */
export const conditioners = Object.entries(zoo).flatMap(([of, { net, axes = [0, 1, 2, 3], given }]) =>
  Object.entries(shapes)
    .filter(([, shape]) => axes.includes(shape.length - 2))
    .map(([on, shape]): Case<ConditionerLaw> => {
      const conditions = {
        vector: [shape[0]!, 3],
        image: [...shape.slice(0, -1), 2],
        'another image': [shape[0]!, 2, 3, 1],
      };
      const condition = given && conditions[given];
      const setting = { net: core.conditionerOf(net), shape, ...(condition && { condition }) };
      return {
        of,
        on,
        axes: shape.length - 2,
        batch: shape[0]!,
        reversed: false,
        laws: (Object.keys(conditionerLaws) as ConditionerLaw[]).filter((law) => law !== 'still' || given),
        async broken(law, coarseness = 1) {
          const [x, w, c] = [normal(shape, 50), random(setting), condition && normal(condition, 60)];
          const at = { ...setting, x, w, c, out: [...shape.slice(0, -1), OUT] };
          const found = await conditionerLaws[law].broken(at, coarseness);
          tf.dispose([x, w, c ?? []]);
          return found;
        },
      };
    }),
);
