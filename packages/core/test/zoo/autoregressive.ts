import * as core from '@invertible/core';
import { casesOf, mixedTails } from './case';

const smooth = { hidden: 6, activation: 'tanh' } as const;
const small = {
  'a line of 3 × 2': [2, 3, 2],
  'an image of 2 × 3 × 2': [2, 2, 3, 2],
  'a volume of 2 × 2 × 2 × 1': [2, 2, 2, 2, 1],
};

/** Maps of every number by those before it. */
export const autoregressive = casesOf({
  autoregressive: { make: () => core.autoregressive({ hidden: 6 }), smooth: false },
  'autoregressive, smooth': { make: () => core.autoregressive({ ...smooth, order: 'reversed' }) },
  'autoregressive, a narrow network, additive': {
    make: () => core.autoregressive({ transformer: 'additive', hidden: 2, activation: 'tanh' }),
  },
  'autoregressive, given a vector, in a random order': {
    make: () => core.autoregressive({ ...smooth, order: 'random', seed: 2 }),
    given: 'vector',
  },
  'autoregressive, given an image, in a given order': {
    make: () =>
      core.autoregressive({ ...smooth, order: [2, 0, 1], transformer: { kind: 'affine', clamp: 1 } }),
    on: { '3 features': [3, 3], 'an image of 2 × 4 × 3': [2, 2, 4, 3] },
    given: 'image',
  },
  'autoregressive of splines': {
    make: () => core.autoregressive({ ...smooth, transformer: { kind: 'spline', bins: 4 } }),
    smooth: false,
  },
  'autoregressive of splines, bounded, circular and unbounded': {
    make: () =>
      core.autoregressive({
        hidden: 5,
        order: 'random',
        transformer: { kind: 'spline', bins: 4, ...mixedTails },
      }),
    smooth: false,
    on: { '4 features': [3, 4], 'an image of 4 × 2 × 4': [2, 4, 2, 4] },
  },
  'autoregressive, angles turned': {
    make: () => core.autoregressive({ ...smooth, transformer: { kind: 'circularShift', bounds: [-6, 6] } }),
    on: [3, 4],
  },
  'autoregressive on one feature': { make: () => core.autoregressive(smooth), on: [5, 1] },
  'autoregressive on one feature, given a vector': {
    make: () => core.autoregressive({ ...smooth, transformer: { kind: 'spline', bins: 4 } }),
    on: [5, 1],
    given: 'vector',
    smooth: false,
  },
  'autoregressive, pixel by pixel': {
    make: () => core.autoregressive({ ...smooth, kernel: 3, transformer: { kind: 'affine', clamp: 1 } }),
    on: small,
  },
  'autoregressive, pixel by pixel, given an image': {
    make: () =>
      core.autoregressive({
        hidden: 4,
        kernel: 3,
        order: 'reversed',
        transformer: { kind: 'affine', clamp: 1 },
      }),
    on: small,
    given: 'image',
    smooth: false,
  },
});
