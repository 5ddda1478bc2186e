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
  expect(message).toMatch(/^checkBijection: expected every law to hold on \[3, 4\], got these broken:\n/);
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
      throw new Error('no inverse here');
    },
  }));
  await expect(checkBijection(throws, [3, 4])).rejects.toThrow('a batch, inverse: no inverse here');
});
