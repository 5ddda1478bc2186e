import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { broken, type LawName, logDetError, type Sample, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { smooth } from './smooth';

beforeAll(() => tf.setBackend('cpu'));

const sound = () => sample(core.affineCoupling({ conditioner: smooth }), [3, 4]);
const { forward, inverse, pullback, pushforward } = sound().bijection;
const off = (t: tf.Tensor) => tf.mul(t, 1.01);

/** Each law, and a coupling that is wrong by a hundredth, or in one number, or keeps a tensor. */
const spoiled: [LawName, string, Partial<core.Bijection>][] = [
  ['inverse', 'inverse error', { inverse: (...a) => tf.tidy(() => ({ ...inverse(...a), x: off(a[0]) })) }],
  [
    'inverse',
    'sum of log-dets',
    { inverse: (...a) => tf.tidy(() => ({ ...inverse(...a), logDet: tf.zeros([3]) })) },
  ],
  [
    'logDet',
    'log-det error',
    { forward: (...a) => tf.tidy(() => ({ ...forward(...a), logDet: tf.ones([3]) })) },
  ],
  [
    'taylor',
    'order',
    {
      pullback: (...a) =>
        tf.tidy(() => {
          const p = pullback(...a);
          return { ...p, dx: tf.mul(p.dx, 0.5) };
        }),
    },
  ],
  [
    'adjoint',
    'adjoint error',
    {
      pushforward: (...a) =>
        tf.tidy(() => {
          const p = pushforward(...a);
          return { ...p, dy: off(p.dy) };
        }),
    },
  ],
  [
    'gradient',
    'gradient error',
    {
      pullback: (...a) =>
        tf.tidy(() => {
          const p = pullback(...a);
          return { ...p, dw: { ...p.dw, A: off(p.dw.A!) } };
        }),
    },
  ],
  [
    'extremes',
    'forward: y holds a NaN',
    { forward: (...a) => tf.tidy(() => ({ ...forward(...a), y: tf.mul(tf.square(tf.square(a[0])), 0) })) },
  ],
  [
    'adjoint',
    '1 tensors are left behind',
    {
      pushforward: (...a) => {
        tf.keep(tf.scalar(1));
        return pushforward(...a);
      },
    },
  ],
];

const sampleOfCondition = () =>
  sample(core.conditionalAffine({ conditioner: smooth }), [3, 4], { condition: [3, 2] });
const conditional = sampleOfCondition().bijection;

test.each<[string, Partial<core.Bijection>]>([
  [
    'a cotangent of the condition that is off',
    {
      pullback: (...a) =>
        tf.tidy(() => {
          const p = conditional.pullback(...a);
          return { ...p, dc: off(p.dc!) };
        }),
    },
  ],
  [
    'a cotangent of the condition that is missing',
    {
      pullback: (...a) =>
        tf.tidy(() => {
          const { x, dx, dw } = conditional.pullback(...a);
          return { x, dx, dw };
        }),
    },
  ],
  [
    'a tangent of the condition that is not read',
    { pushforward: (x, dx, w, dw, c) => conditional.pushforward(x, dx, w, dw, c) },
  ],
])('the adjoint law notices %s', async (_, wrong) => {
  const at = sampleOfCondition();
  expect(await broken('adjoint', at)).toEqual([]);
  const found = await broken('adjoint', { ...at, bijection: { ...at.bijection, ...wrong } });
  expect(found).toEqual([expect.stringContaining('adjoint error')]);
});

test.each(spoiled)('the law %s notices: %s', async (law, complaint, wrong) => {
  const at = sound();
  expect(await broken(law, at)).toEqual([]);
  const found = await broken(law, { ...at, bijection: { ...at.bijection, ...wrong } });
  expect(found).toEqual([expect.stringContaining(complaint)]);
});

/** A coupling on a grid, and one that is not, or not where it says. */
const onGrid = (made: core.Bijection, smoothly = core.additiveCoupling({ conditioner: smooth })) =>
  sample(made, [3, 4], { exact: { step: 2 ** -12, smooth: smoothly } });
const exact = true;

test.each<[string, LawName, string, Sample]>([
  ['that is not rounded', 'inverse', 'inverse error', onGrid(core.additiveCoupling({ conditioner: smooth }))],
  ['that is not rounded', 'grid', 'off the grid', onGrid(core.additiveCoupling({ conditioner: smooth }))],
  [
    'on a coarser grid than its inputs',
    'grid',
    'off the map without rounding',
    onGrid(core.additiveCoupling({ exact: { step: 1 / 8 }, conditioner: smooth })),
  ],
  [
    'with another map without rounding',
    'grid',
    'gradient off',
    onGrid(
      core.additiveCoupling({ exact, conditioner: smooth }),
      core.reverse(core.additiveCoupling({ conditioner: smooth })),
    ),
  ],
])('laws of grids notice a coupling %s: %s', async (_, law, complaint, at) => {
  expect(await broken(law, onGrid(core.additiveCoupling({ exact, conditioner: smooth })))).toEqual([]);
  expect(await broken(law, at)).toContainEqual(expect.stringContaining(complaint));
});

/** y = x A for a matrix that need not be square. */
const linear = (A: tf.Tensor2D, logDet: number): Sample => {
  const times = (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, A);
  const bijection = {
    ...core.actNorm(),
    forward: (x: tf.Tensor) => ({ y: times(x), logDet: tf.fill([x.shape[0]], logDet) }),
    pushforward: (x: tf.Tensor, dx: tf.Tensor) => ({
      y: times(x),
      dy: times(dx),
      logDet: tf.fill([x.shape[0]], logDet),
      dLogDet: tf.zeros([x.shape[0]]),
    }),
  };
  return { bijection, x: tf.ones([2, A.shape[0]]), w: {} };
};

test.each([
  ['taller', [[3, 0, 4]], Math.log(5)],
  ['wider', [[3], [0], [4]], Math.log(5)],
  [
    'square, rows swapped',
    [
      [0, 2],
      [3, 1],
    ],
    Math.log(6),
  ],
])('the volume of a Jacobian that is %s', async (_, A, logDet) => {
  expect(await logDetError(linear(tf.tensor2d(A), logDet))).toBeLessThan(1e-6);
  expect(await logDetError(linear(tf.tensor2d(A), logDet + 0.1))).toBeCloseTo(0.1, 5);
});
