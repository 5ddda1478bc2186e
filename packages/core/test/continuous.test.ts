import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { activationBytes, relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { read } from '../src/autodiff/read';
import { normal, shakenBy } from './shaken';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

const shaken = (b: core.Bijection, shape: readonly number[]) => shakenBy(0.4, b, shape);

const gradient = (b: core.Bijection, x: tf.Tensor, w: core.Weights, reversible = true) => {
  const names = Object.keys(w);
  return tf.grads((t: tf.Tensor, ...ts: tf.Tensor[]) => {
    const given = Object.fromEntries(names.map((name, i) => [name, ts[i]!]));
    const { y, logDet } = reversible ? core.reversible(b)(t, given) : b.forward(t, given);
    return tf.sub(tf.mean(tf.square(y)), tf.mean(logDet));
  })([x, ...Object.values(w)]);
};

test('1,000 steps take the activations of 32', async () => {
  const x = normal([64, 4], 1);
  const peak = async (steps: number) => {
    const b = core.continuousFlow({ hidden: 32, steps, solver: 'midpoint' });
    const w = shaken(b, [4]);
    return (await activationBytes(() => gradient(b, x, w))).activations;
  };
  const [few, many] = [await peak(32), await peak(1000)];
  expect(many / few).toBeLessThan(1.02);
}, 120_000);

test('the gradient of 1,000 steps is that of stored ones', async () => {
  const b = core.continuousFlow({ hidden: 8, steps: 1000, solver: 'euler' });
  const w = shaken(b, [2]);
  const x = normal([16, 2], 1);
  const [own, stored] = [gradient(b, x, w), gradient(b, x, w, false)];
  // Euler is of first order, and x is found by steps back that are off by h.
  for (const [i, g] of own.entries()) expect(await relativeError(g, stored[i]!)).toBeLessThan(5e-3);
}, 120_000);

test.each([
  ['euler', 1],
  ['midpoint', 2],
  ['rk4', 4],
] as const)('%s is of order %d', async (solver, order) => {
  const make = (steps: number, scheme: 'euler' | 'midpoint' | 'rk4') =>
    core.continuousFlow({ hidden: 8, steps, solver: scheme, lambda: 0.9 });
  const w = Object.fromEntries(
    Object.entries(shaken(make(1, 'rk4'), [2])).map(([n, t]) => [n, tf.mul(2, t)]),
  );
  const x = normal([16, 2], 1);
  const truth = make(64, 'rk4').forward(x, w);
  const error = async (steps: number) => relativeError(make(steps, solver).forward(x, w).y, truth.y);
  const n = solver === 'rk4' ? 4 : 16;
  const seen = Math.log2((await error(n)) / (await error(2 * n)));
  expect(seen).toBeGreaterThan(order - 0.3);
});

test('flow matching leads two moons to noise', async () => {
  const flow = core.continuousFlow({ hidden: 32, steps: 8 });
  const w = Object.fromEntries(
    Object.entries(core.createWeights(flow, [1, 2])).map(([name, t]) => [name, tf.variable(t)]),
  );
  const data = core.twoMoons();
  const nats = async () => {
    const [l] = await read(() => {
      const out = flow.forward(data.sample(500, { seed: 7 }), w);
      return [tf.mean(core.negativeLogLikelihood(out))];
    });
    return l[0]!;
  };
  const before = await nats();
  const optimizer = tf.train.adam(5e-3);
  for (let seed = 1; seed <= 400; seed++) {
    optimizer.minimize(() => core.flowMatching(flow, data.sample(256, { seed }), w, { seed }));
  }
  const after = await nats();
  expect(after).toBeLessThan(before - 0.8);
}, 120_000);

test('flow matching wants a field', () => {
  const b = core.actNorm();
  expect(() => core.flowMatching(b, normal([3, 2], 1), core.createWeights(b, [1, 2]))).toThrow(
    /a field of velocities/,
  );
});
