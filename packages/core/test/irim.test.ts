import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { freeSample, inversion, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { activationsOf } from './activations';
import { smooth } from './smooth';
import { turned } from './turned';

const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
const blur = core.convolutionOperator([
  [0.1, 0.2, 0.1],
  [0.1, 0.1, 0.1],
  [0.1, 0.1, 0.1],
]);

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test.each(['identity', 'sigmoid'] as const)(
  'an iteration descends: g is the gradient of the misfit, %s',
  (link) => {
    const b = core.irim({ operator: blur, iterations: 1, link, hidden: 3 });
    const eta = normal([1, 5, 5, 1], 1);
    const d = normal([1, 5, 5, 1], 2);
    const x = core.withMemory(eta, 2);
    const { y } = b.forward(x, core.createWeights(b, x.shape, { condition: d.shape }), d);
    const [same, g, rest] = tf.split(y, 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const psi = link === 'identity' ? tf.clone : tf.sigmoid;
    const gradient = tf.grad((t) => tf.mul(0.5, tf.sum(tf.square(tf.sub(blur.apply(psi(t)), d)))))(eta);
    const off = (a: tf.Tensor, c: tf.Tensor) => tf.max(tf.abs(tf.sub(a, c))).dataSync()[0]!;
    expect(off(g, gradient)).toBeLessThan(1e-6);
    // Fresh, the layer moves nothing.
    expect(off(same, eta)).toBeLessThan(1e-6);
    expect(off(rest, tf.zerosLike(rest))).toBeLessThan(1e-6);
  },
);

test.each(['identity', 'sigmoid'] as const)('tangent and cotangent of the data are adjoint, %s', (link) => {
  const b = core.irim({ operator: turned, image: 2, iterations: 2, link, conditioner: smooth });
  const { x, w, c } = sample(b, [2, 3, 3, 5], { condition: [2, 3, 3, 2] });
  const still = Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.zerosLike(t)]));
  const dc = normal(c!.shape, 7);
  const { y, dy, dLogDet } = b.pushforward(x, tf.zerosLike(x), w, still, c, dc);
  const u = normal(y.shape, 8);
  const back = b.pullback(y, u, tf.ones([2]), w, c);
  const [left, right] = [dot(dy, u) + dot(dLogDet, tf.ones([2])), dot(back.dc!, dc)];
  expect(Math.abs(left - right)).toBeLessThan(1e-5 * Math.sqrt(dot(dy, dy) * dot(u, u)));
  expect(Math.abs(left)).toBeGreaterThan(0.1);
});

test('the first batch makes the gradient of mean square 1 in every iteration; shared weights are set once', () => {
  const d = normal([2, 8, 8, 1], 2);
  const x = core.withMemory(tf.mul(normal([2, 8, 8, 1], 1), 100), 1);
  const start = (shared: boolean) => {
    const b = core.irim({ operator: blur, iterations: 3, shared, hidden: 3 });
    const w = core.createWeights(b, x.shape, { condition: d.shape });
    const set = b.initialize(x, w, 'forward', d);
    return { b, set, w: { ...w, ...set } };
  };
  const { b, set, w } = start(false);
  expect(Object.keys(set)).toEqual([0, 1, 2].map((k) => `${k}/misfit/logScale`));
  // η never moves in a fresh network, so that its memory sums three times the same gradient.
  const memory = tf.split(b.forward(x, w, d).y, 2, -1)[1]!;
  expect(values(tf.sqrt(tf.mean(tf.square(memory))))[0]).toBeCloseTo(3, 3);
  const one = start(true);
  expect(Object.keys(one.set)).toEqual(['all/misfit/logScale']);
  expect(values(one.set['all/misfit/logScale']!)).toEqual(values(set['0/misfit/logScale']!));
  for (const hardly of [0, 1e-42]) {
    const at = b.initialize(tf.zerosLike(x), w, 'forward', tf.fill(d.shape, hardly));
    expect(values(at['0/misfit/logScale']!)[0]).toBeCloseTo(0, 6);
  }
});

test('64 iterations are undone', async () => {
  const b = core.irim({ operator: blur, iterations: 64, hidden: 4 });
  const at = sample(b, [1, 8, 8, 4], { condition: [1, 8, 8, 1] });
  // As large as training leaves them: small moves, small steps along the gradient.
  const trained = (name: string, t: tf.Tensor) =>
    name.endsWith('logScale') ? tf.sub(t, 2) : tf.mul(t, name.endsWith('V') ? 1 : 0.1);
  const w = Object.fromEntries(Object.entries(at.w).map(([name, t]) => [name, trained(name, t)]));
  // Each iteration mixes there and back, and each of the two may be a rounding off.
  expect((await inversion({ ...at, w })).x).toBeLessThan(128 * 2 ** -23);
  freeSample(at);
});

test('peak activation memory is flat in iterations, as one op and as many', async () => {
  const x = core.withMemory(normal([4, 16, 16, 1], 1), 3);
  const d = normal([4, 16, 16, 1], 2);
  const net = (iterations: number) => core.irim({ operator: blur, iterations, hidden: 8 });
  const one = (depth: number) => activationsOf([net(depth)], x, d);
  const many = (depth: number) =>
    activationsOf(
      Array.from({ length: depth }, () => net(1)),
      x,
      d,
    );
  for (const peak of [one, many]) expect((await peak(64)) / (await peak(4))).toBeLessThan(1.05);
});

test('what does not fit is refused', () => {
  const x = tf.ones([1, 4, 4, 3]);
  const b = core.irim({ operator: blur });
  const w = core.createWeights(b, x.shape, { condition: [1, 4, 4, 1] });
  expect(() => core.irim()).toThrow(/expected an operator/);
  expect(() => core.irim({ operator: blur, iterations: 0 })).toThrow(/iterations/);
  expect(() => core.irim({ operator: blur, link: 'log' as 'sigmoid' })).toThrow(/identity, sigmoid.*"log"/);
  expect(() => core.irim({ operator: blur, coupling: 'other' as 'irim' })).toThrow(
    /one of irim, hint.*"other"/,
  );
  expect(() => core.irim({ operator: blur, image: 2 }).outputShape([1, 4, 4, 3])).toThrow(
    /at least 4 channels/,
  );
  expect(() => b.forward(x, w)).toThrow(/data of shape \[1, 4, 4, 1\].*none/);
  expect(() => b.forward(x, w, tf.ones([1, 4, 4, 3]))).toThrow(/data of shape.*\[1, 4, 4, 3\]/);
});
