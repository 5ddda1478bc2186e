import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { freeSample, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { smooth } from './smooth';

const network = () =>
  core.chain([
    core.actNorm(),
    core.glowCoupling({ conditioner: smooth }),
    core.hintCoupling({ conditioner: smooth, leaf: 1 }),
  ]);
const normal = (t: tf.Tensor, seed: number) => tf.randomNormal(t.shape, 0, 1, 'float32', seed);
const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;

/** A direction in everything. */
const anywhere = (x: tf.Tensor, w: core.Weights, seed: number) => ({
  dx: normal(x, seed),
  dw: Object.fromEntries(Object.entries(w).map(([name, t], i) => [name, normal(t, seed + 1 + i)])),
});
const inner = (a: core.Tangent, b: core.Tangent) =>
  (a.dx ? dot(a.dx, b.dx!) : 0) +
  Object.entries(a.dw ?? {}).reduce((sum, [name, t]) => sum + dot(t, b.dw![name]!), 0);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(['input', 'weights', 'both'] as const)('apply and adjoint fit together, of %s', (of) => {
  const at = sample(network(), [3, 4]);
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const J = core.jacobian(at.bijection, at.w, at.x, { of });
    const v = anywhere(at.x, at.w, 1);
    const [u, uL] = [normal(J.y, 50), normal(J.logDet, 51)];
    const { dy, dLogDet } = J.apply(v);
    const back = J.adjoint(u, uL);
    expect(Object.keys(back)).toEqual(of === 'both' ? ['dx', 'dw'] : of === 'input' ? ['dx'] : ['dw']);
    const [left, right] = [dot(dy, u) + dot(dLogDet, uL), inner(back, v)];
    expect(Math.abs(left - right)).toBeLessThan(1e-5 * (Math.abs(left) + 10));
  });
  expect(tf.memory().numTensors).toBe(before);
  freeSample(at);
});

test('apply is the derivative: a central difference agrees', () => {
  const at = sample(network(), [3, 4]);
  tf.tidy(() => {
    const J = core.jacobian(at.bijection, at.w, at.x);
    const v = anywhere(at.x, at.w, 1);
    const at_ = (h: number) =>
      at.bijection.forward(
        tf.add(at.x, tf.mul(v.dx, h)),
        Object.fromEntries(Object.entries(at.w).map(([n, t]) => [n, tf.add(t, tf.mul(v.dw[n]!, h))])),
      );
    const [plus, minus] = [at_(5e-3), at_(-5e-3)];
    const { dy, dLogDet } = J.apply(v);
    const off = (a: tf.Tensor, b: tf.Tensor, d: tf.Tensor) =>
      tf.max(tf.abs(tf.sub(tf.div(tf.sub(a, b), 1e-2), d))).dataSync()[0]! / tf.max(tf.abs(d)).dataSync()[0]!;
    expect(off(plus.y, minus.y, dy)).toBeLessThan(2e-3);
    expect(off(plus.logDet, minus.logDet, dLogDet)).toBeLessThan(2e-3);
  });
  freeSample(at);
});

test('the Gauss–Newton product is symmetric, positive, and JᵀJ; a metric may weigh the log-det', () => {
  const at = sample(network(), [3, 4]);
  tf.tidy(() => {
    const J = core.jacobian(at.bijection, at.w, at.x);
    const [a, b] = [anywhere(at.x, at.w, 1), anywhere(at.x, at.w, 200)];
    const [Ga, Gb] = [J.gaussNewton(a), J.gaussNewton(b)];
    const [ab, ba] = [inner(Ga, b), inner(Gb, a)];
    expect(Math.abs(ab - ba)).toBeLessThan(1e-5 * (Math.abs(ab) + inner(Ga, a)));
    const { dy, dLogDet } = J.apply(a);
    expect(inner(Ga, a) / dot(dy, dy)).toBeCloseTo(1, 4);
    const only = J.gaussNewton(a, (image) => ({ dy: tf.zerosLike(image.dy), dLogDet: image.dLogDet }));
    expect(inner(only, a) / dot(dLogDet, dLogDet)).toBeCloseTo(1, 4);
  });
  freeSample(at);
});
