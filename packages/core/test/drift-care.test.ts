import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const shape = [4, 4, 4, 4];
const normal = (of: number[], seed: number) => tf.randomNormal(of, 0, 1, 'float32', seed);

/** A chain with a chain in a split; an ActNorm shrinks some numbers, which lose their digits as they are mixed with others. */
function scaled() {
  const inner = core.chain([core.actNorm(), core.affineCoupling({ hidden: 6 })]);
  const b = core.chain([
    core.affineCoupling({ hidden: 6, flip: true }),
    core.split({ shape: shape.slice(1) }, inner),
    core.actNorm(),
    core.conv1x1(),
  ]);
  const w = core.createWeights(b, shape, { seed: 3 });
  const noisy = Object.fromEntries(
    Object.entries(w).map(([name, t], i) => [name, tf.add(t, tf.mul(0.1, normal(t.shape, i)))]),
  );
  noisy['2/logDeviation'] = tf.concat([tf.fill([8], 11), tf.zeros([56])]);
  return { b, w: noisy };
}

type Way = { care?: core.DriftCare } | 'stored';

/** All gradients, of x first, and what a pass through the op or stock tfjs gives. */
function gradients({ b, w }: ReturnType<typeof scaled>, x: tf.Tensor, way: Way): number[][] {
  const names = Object.keys(w);
  const f = (t: tf.Tensor, ...list: tf.Tensor[]) => {
    const own = Object.fromEntries(names.map((name, i) => [name, list[i]!]));
    const { y, logDet } = way === 'stored' ? b.forward(t, own) : core.reversible(b)(t, own, way);
    return tf.sub(tf.sum(tf.square(y)), tf.sum(logDet));
  };
  return tf.tidy(() =>
    tf
      .grads(f)([x, ...Object.values(w)])
      .map((g) => Array.from(g.dataSync())),
  );
}

const size = (a: number[][]) => Math.sqrt(a.flat().reduce((sum, v) => sum + v * v, 0));
const distance = (a: number[][], b: number[][]) =>
  size(a.map((row, i) => row.map((v, k) => v - (b[i]?.[k] ?? Number.NaN)))) / size(b);

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test('a member that keeps its input spoils no gradient; the others rebuild theirs, exactly as far as they can', () => {
  const made = scaled();
  const x = normal(shape, 1);
  const stored = gradients(made, x, 'stored');
  const before = tf.memory().numTensors;
  expect(distance(gradients(made, x, {}), stored)).toBeGreaterThan(1e-4);
  expect(distance(gradients(made, x, { care: { recompute: new Set(['2']) } }), stored)).toBeLessThan(1e-5);
  expect(distance(gradients(made, x, { care: { recompute: new Set(['0']) } }), stored)).toBeGreaterThan(1e-5);
  expect(distance(gradients(made, x, { care: { recompute: new Set(['']) } }), stored)).toBeLessThan(1e-6);
  expect(tf.memory().numTensors).toBe(before);
});

test('members are told by the paths of their keys, the last one first, and rebuild from what they are given', () => {
  const made = scaled();
  const x = normal(shape, 1);
  const seen = new Map<string, number>();
  const look = (mends: boolean): core.DriftCare => ({
    onMember(member) {
      seen.set(member.path, core.driftTensor(member.rebuilt, member.x).dataSync()[0]!);
      return mends ? member.x : member.rebuilt;
    },
  });
  const before = tf.memory().numTensors;
  expect(distance(gradients(made, x, { care: look(false) }), gradients(made, x, 'stored'))).toBeLessThan(
    1e-6,
  );
  expect([...seen.keys()]).toEqual(['3', '2', '1/1', '1/0', '0']);
  expect(seen.get('3')).toBeLessThan(1e-6);
  expect(seen.get('2')).toBeGreaterThan(1e-5);
  expect(seen.get('0')).toBeGreaterThan(1e-5);
  gradients(made, x, { care: look(true) });
  expect(seen.get('2')).toBeGreaterThan(1e-5);
  expect(seen.get('0')).toBeLessThan(1e-6);
  expect(tf.memory().numTensors).toBe(before);
});

test('what a run rebuilds is compared with its input, and what is rebuilt from kept inputs with these', () => {
  const made = scaled();
  const x = normal(shape, 1);
  const errors = (recompute: string[]) => {
    const drifts: number[] = [];
    const onRebuilt = (again: tf.Tensor, truth: tf.Tensor) =>
      void drifts.push(core.driftTensor(again, truth).dataSync()[0]!);
    gradients(made, x, { care: { recompute: new Set(recompute), onRebuilt } });
    return drifts;
  };
  expect(errors([])).toHaveLength(1);
  expect(errors([])[0]).toBeGreaterThan(1e-5);
  const [at, end] = errors(['2']);
  expect(at).toBeLessThan(1e-6);
  expect(end).toBeLessThan(1e-6);
  expect(Math.max(...errors(['']))).toBeLessThan(1e-6);
});

test('of a run of ops the first alone has its input compared', () => {
  const b = core.affineCoupling({ hidden: 6 });
  const x = normal(shape, 1);
  const w = core.createWeights(b, shape, { seed: 3 });
  let compared = 0;
  const care = { onRebuilt: () => void compared++ };
  tf.tidy(() => {
    tf.grad((t: tf.Tensor) => {
      const op = core.reversible(b);
      const first = op(t, w, { care });
      return tf.sum(op(op(first.y, w, { care, consume: true }).y, w, { care, consume: true }).y);
    })(x);
  });
  expect(compared).toBe(1);
});

test('memory grows by no more than the inputs that are kept', async () => {
  const at = async (recompute: number) => {
    const members = Array.from({ length: 12 }, (_, k) =>
      core.affineCoupling({ hidden: 6, flip: k % 2 === 1 }),
    );
    const b = core.chain(members);
    const x = normal(shape, 1);
    const w = core.createWeights(b, shape, { seed: 3 });
    const care = { recompute: new Set(Array.from({ length: recompute }, (_, k) => String(2 * k))) };
    const step = () =>
      tf.tidy(() => [tf.grad((t: tf.Tensor) => tf.sum(core.reversible(b)(t, w, { care }).y))(x)]);
    return (await activationBytes(step)).activations;
  };
  // One is evaluated again at a time, on a tape of its own.
  const [one, four] = [await at(1), await at(4)];
  const state = 4 * shape.reduce((a, n) => a * n);
  expect(four - one).toBeLessThanOrEqual(3 * state);
});
