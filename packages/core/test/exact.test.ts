import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { smooth } from './smooth';

const exact = true;
const step = 2 ** -12;

/** All that can be exact on a pair of states. */
const kinds = [
  () => core.additiveCoupling({ exact, hidden: 4 }),
  () => core.rotations({ exact }),
  () => core.hintCoupling({ exact, additive: true, leaf: 1, hidden: 2 }),
  () => core.hyperbolic({ exact, hidden: 2, step: 1e-3 }),
  () => core.permutation({ seed: 1 }),
  () => core.irimCoupling({ exact, hidden: 2 }),
  () => core.momentum({ exact, gamma: 1, hidden: 2 }),
  () => core.additiveCoupling({ exact, hidden: 4, flip: true, activation: 'tanh' }),
].map((make) => make());

/** They and their reverses in turn: waves alone would leave the range of the grid within hundreds of layers. */
const layers = [...kinds, ...kinds.toReversed().map((b) => core.reverse(b))];

/** Weights that move x, but for so little that the values of a thousand layers stay in the range of the grid. */
function weightsOf(b: core.Bijection, shape: number[], seed: number): core.Weights {
  const specs = b.weights(shape);
  return Object.fromEntries(
    specs.map(({ name, shape: s, initialize }, i) => [
      name,
      name.endsWith('/a') ? initialize(seed + i) : tf.randomNormal([...s], 0, 0.05, 'float32', seed + i),
    ]),
  );
}

const bits = (t: tf.Tensor) => new Uint32Array(Float32Array.from(t.dataSync()).buffer);

/** Two sums by which two tensors differ if a bit does: places count. */
function digest(t: tf.Tensor): string {
  let [a, b] = [0x811c9dc5, 0x12345678];
  for (const v of bits(t)) {
    a = Math.imul(a ^ v, 0x01000193);
    b = Math.imul((b ^ (b >>> 15)) + v, 0x2c1b3c6d);
  }
  return `${a >>> 0} ${b >>> 0}`;
}

const wave = (shape: number[]) =>
  tf.tidy(() => tf.mul(tf.round(tf.div(tf.randomNormal(shape, 0, 1, 'float32', 7), step)), step));

/** `EXACT=full npx jest exact -t depth` asks for 10⁸ numbers through 1,024 layers; otherwise a hundredth of a hundredth. */
const [depth, shape] = process.env.EXACT === 'full' ? [1024, [24, 32, 32, 4]] : [64, [2, 8, 8, 4]];

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  test(`depth ${depth}: every layer's input comes back to the last bit, and nothing is kept beside`, () => {
    const weights = layers.map((b, i) => weightsOf(b, shape, 100 * i));
    const at = (k: number) => ({ b: layers[k % layers.length]!, w: weights[k % layers.length]! });
    const through = (t: tf.Tensor, map: (t: tf.Tensor) => tf.Tensor) => {
      const next = tf.tidy(() => map(t));
      t.dispose();
      return next;
    };
    let t = tf.tidy(() => tf.add(wave(shape), 0));
    const before = tf.memory();
    const seen: string[] = [];
    for (let k = 0; k < depth; k++) {
      seen.push(digest(t));
      const { b, w } = at(k);
      t = through(t, (x) => b.forward(x, w).y);
    }
    const moved = digest(t);
    const kept = tf.memory();
    let mismatches = 0;
    for (let k = depth - 1; k >= 0; k--) {
      const { b, w } = at(k);
      t = through(t, (y) => b.inverse(y, w).x);
      if (digest(t) !== seen[k]) mismatches++;
    }
    expect(moved).not.toBe(seen[0]);
    expect(mismatches).toBe(0);
    expect(kept.numBytes - before.numBytes).toBe(0);
    expect(kept.numTensors).toBe(before.numTensors);
    t.dispose();
    tf.dispose(weights);
  }, 3_600_000);

  test('gradients from rebuilt inputs are those from stored ones, bit for bit', () => {
    const x = wave([2, 4, 4, 4]);
    const weights = layers.map((b, i) => weightsOf(b, x.shape, 100 * i));
    const flat = weights.flatMap((w) => Object.values(w));
    const rebuilt = tf.grads((first: tf.Tensor, ...given: tf.Tensor[]) => {
      const rest = [...given];
      const run = (y: tf.Tensor, b: core.Bijection, w: core.Weights) =>
        core.reversible(b)(y, Object.fromEntries(Object.keys(w).map((name) => [name, rest.shift()!]))).y;
      const y = layers.reduce((y, b, i) => run(y, b, weights[i]!), first);
      return tf.mul(0.5, tf.sum(tf.square(y)));
    })([x, ...flat]);

    const outputs: tf.Tensor[] = [];
    for (const [i, b] of layers.entries()) outputs.push(b.forward(outputs.at(-1) ?? x, weights[i]!).y);
    let d = outputs.at(-1)!;
    const stored: tf.Tensor[] = [];
    for (let i = layers.length - 1; i >= 0; i--) {
      const { dx, dw } = layers[i]!.pullback(outputs[i]!, d, tf.zeros([2]), weights[i]!);
      stored.unshift(...Object.keys(weights[i]!).map((name) => dw[name]!));
      d = dx;
    }
    expect(rebuilt.map((t) => digest(t))).toEqual([d, ...stored].map((t) => digest(t)));
  });

  test('a batch of another size gives the same bits', () => {
    const x = wave([5, 4, 4, 4]);
    for (const [i, b] of layers.entries()) {
      const w = weightsOf(b, x.shape, i);
      const { y } = b.forward(x, w);
      for (const n of [1, 3]) {
        const some = tf.slice(y, 0, n);
        expect(bits(b.inverse(some, w).x)).toEqual(bits(tf.slice(x, 0, n)));
      }
    }
  });

  test('what lies off the grid is rounded, and no zero has a sign', () => {
    const b = core.additiveCoupling({ exact, hidden: 2 });
    const w = core.createWeights(b, [1, 2]);
    const { y } = b.forward(tf.tensor2d([[0.6 * step, -0.3 * step]]), w);
    expect([...bits(y)]).toEqual([...bits(tf.tensor2d([[step, 0]]))]);
  });

  test('beyond the range of the grid nothing is computed', () => {
    const b = core.additiveCoupling({ exact, hidden: 2 });
    const w = core.createWeights(b, [1, 2]);
    const pushed = { ...w, b3: tf.tensor1d([1]) };
    const edge = tf.tensor2d([[1, 2048]]);
    expect(bits(b.inverse(b.forward(edge, w).y, w).x)).toEqual(bits(edge));
    expect(() => b.forward(edge, pushed)).toThrow(/numbers within ±2048.* got 2049/s);
    expect(() => b.inverse(tf.tensor2d([[1, -2048]]), pushed)).toThrow(/within ±2048/);
    expect(() => b.forward(tf.tensor2d([[1e30, 1]]), w)).toThrow(/within ±2048/);
    const coarse = core.additiveCoupling({ exact: { step: 1 }, hidden: 2 });
    expect(coarse.forward(tf.tensor2d([[1, 1e6]]), w).y.dataSync()[1]).toBe(1e6);
    expect(
      core
        .haarSqueeze({ exact })
        .forward(tf.fill([1, 2, 2, 1], 1000), {})
        .y.dataSync()[0],
    ).toBeCloseTo(2000, 3);
    expect(() => core.haarSqueeze({ exact }).forward(tf.fill([1, 2, 2, 1], 1500), {})).toThrow(/within/);
  });
});

test('derivatives of the second order are those of the map without rounding', async () => {
  await tf.setBackend('cpu');
  const curvature = (b: core.Bijection) => {
    const w = weightsOf(b, [3, 4], 1);
    const op = core.reversible(b);
    const energy = (x: tf.Tensor) => tf.sum(tf.square(op(x, w).y));
    const slope = tf.grad(energy);
    return tf.grad((x: tf.Tensor) => tf.sum(tf.square(slope(x))))(wave([3, 4]));
  };
  const rounded = curvature(core.additiveCoupling({ exact, conditioner: smooth }));
  expect(
    await relativeError(rounded, curvature(core.additiveCoupling({ conditioner: smooth }))),
  ).toBeLessThan(4 * step);
});

test('what cannot be exact is refused', () => {
  expect(() => core.momentum({ exact })).toThrow(/gamma to be 1 where exact/);
  expect(() => core.hintCoupling({ exact })).toThrow(/additive: true where exact/);
  expect(() => core.hintCoupling({ additive: true, clamp: 1 })).toThrow(/no options of a scale/);
  expect(() => core.iunet({ exact, coupling: 'affine' }).weights([1, 4, 4, 4])).toThrow(
    /'additive' where exact/,
  );
  expect(() => core.irimCoupling({ exact, mixing: { reflections: 2 } })).toThrow(/of kind 'permutation'/);
  expect(() => core.orthogonalDownsampling({ exact, per: 'channel' })).toThrow(/per 'all' where exact/);
  const wrongs: unknown[] = [{ step: 0.3 }, { step: 2 }, { step: 0.5, more: 1 }, 1, null];
  for (const wrong of wrongs) {
    expect(() => core.additiveCoupling({ exact: wrong as true })).toThrow(/exact to be true, false/);
  }
});
