import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { checkBijection } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { smooth } from './smooth';

beforeAll(() => tf.setBackend('cpu'));

const make = () => core.affineCoupling({ conditioner: smooth });
const spoil = (wrong: (sound: core.Bijection) => Partial<core.Bijection>) => () => {
  const sound = make();
  return { ...sound, ...wrong(sound) };
};

test('a sound bijection passes, with a condition and with kinks too, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  await checkBijection(make, [3, 4]);
  await checkBijection(() => core.conditionalAffine({ hidden: 4 }), [2, 2, 3, 4], {
    condition: [2, 5],
    smooth: false,
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('all broken laws are listed, where and by how much, and no tensor is left', async () => {
  const before = tf.memory().numTensors;
  const half = spoil(({ pullback }) => ({
    pullback: (...a) =>
      tf.tidy(() => {
        const p = pullback(...a);
        return { ...p, dx: tf.mul(p.dx, 0.5) };
      }),
  }));
  const error = await checkBijection(half, [3, 4]).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(core.InvertibleError);
  const { message } = error as Error;
  expect(message).toMatch(
    /^checkBijection: expected every law to hold on \[3, 4\] with the backend cpu, got these broken:\n/,
  );
  expect(message).toMatch(/\n {2}a batch, taylor: order 1\.\d\d, and the bar is 1\.8\n/);
  expect(message).toMatch(/\n {2}a batch, adjoint: adjoint error: \d\.\de-\d, and the bar is 1\.0e-5\n/);
  expect(message).toMatch(/\n {2}a single sample, gradient: gradient error: \d\.\de-\d, and the bar/);
  expect(message).not.toMatch(/inverse:|logDet:|extremes:/);
  expect(tf.memory().numTensors).toBe(before);
});

test('what is wrong for a single sample alone, and what throws, is listed too', async () => {
  const lonely = spoil(({ forward }) => ({
    forward: (x, w, c) =>
      tf.tidy(() => {
        const { y, logDet } = forward(x, w, c);
        return { y, logDet: x.shape[0] === 1 ? tf.add(logDet, 1) : logDet };
      }),
  }));
  const failure = /broken:\n {2}a single sample, inverse: sum of log-dets: /;
  await expect(checkBijection(lonely, [3, 4])).rejects.toThrow(failure);

  const throws = spoil(() => ({
    inverse: () => {
      throw new Error('no inverse here.');
    },
  }));
  const before = tf.memory().numTensors;
  await expect(checkBijection(throws, [3, 4])).rejects.toThrow(
    'a batch, inverse, extremes: no inverse here.\n  the reverse, a batch, inverse',
  );
  const nowhere = spoil(() => ({
    forward: () => {
      throw new Error('nothing goes forward.');
    },
  }));
  await expect(checkBijection(nowhere, [3, 4])).rejects.toThrow(
    /single sample, inverse, .*: nothing goes forward\. Compare/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

test('a map with a kink at its point has no order, and the error says what to do', async () => {
  const kinked = () => core.leakyRelu({ slope: 0.1 });
  const failure = /, taylor: order \d\.\d\d, and the bar is 1\.8\. A map with kinks.* pass smooth: false/;
  await expect(checkBijection(kinked, [8, 64])).rejects.toThrow(failure);
  await checkBijection(kinked, [8, 64], { smooth: false });
});

test.each<[string, () => Promise<void>, string]>([
  [
    'no function',
    () => checkBijection(make() as never, [3, 4]),
    'expected a function that makes a bijection',
  ],
  ['no batch', () => checkBijection(make, [4]), 'expected the shape to be a shape, batch first, got [4].'],
  [
    'a misspelt option',
    () => checkBijection(make, [3, 4], { smoth: false } as never),
    'Did you mean smooth?',
  ],
  [
    'a condition without a batch',
    () => checkBijection(make, [3, 4], { condition: [2] }),
    'expected condition to be a shape, batch first, got [2].',
  ],
  [
    'a shape that the bijection refuses',
    () => checkBijection(() => core.squeeze(), [3, 5, 5, 1]),
    'squeeze: expected ',
  ],
])('arguments are refused once, and by no law: %s', async (_, run, message) => {
  const error = await run().catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(core.InvertibleError);
  expect((error as Error).message).toContain(message);
  expect((error as Error).message).not.toContain('every law');
});
