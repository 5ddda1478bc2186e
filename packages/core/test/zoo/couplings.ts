import * as core from '@invertible/core';
import { smooth } from '../smooth';
import { casesOf, mixedTails } from './case';

/** Couplings of two halves. */
export const couplings = casesOf({
  additiveCoupling: { make: () => core.additiveCoupling({ hidden: 5 }), smooth: false },
  affineCoupling: { make: () => core.affineCoupling({ hidden: 5 }), smooth: false },
  'affineCoupling, flipped, 1 channel stays': {
    make: () => core.affineCoupling({ hidden: 5, split: 1, flip: true }),
    smooth: false,
  },
  'affineCoupling, given a vector': {
    make: () => core.affineCoupling({ hidden: 5 }),
    given: 'vector',
    smooth: false,
  },
  'additiveCoupling, smooth': { make: () => core.additiveCoupling({ conditioner: smooth }) },
  'affineCoupling, smooth': { make: () => core.affineCoupling({ conditioner: smooth, flip: true }) },
  'affineCoupling, scale within [0.5, 1.5]': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'sigmoid' }),
  },
  'affineCoupling, scale 2σ': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'doubleSigmoid' }),
  },
  'affineCoupling, scale by atan': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'atan' }),
  },
  'affineCoupling, scale by expClamp': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'expClamp', clamp: 1 }),
  },
  ...Object.fromEntries(
    (['exp', 'softplus', 'inverseSigmoid', 'openSigmoid'] as const).map((scale) => [
      `affineCoupling, scale by ${scale}`,
      { make: () => core.affineCoupling({ conditioner: smooth, scale }) },
    ]),
  ),
  'affineCoupling, scale by softClip': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'softClip' }),
    smooth: false,
  },
  'affineCoupling, channels that stay by index': {
    make: () => core.affineCoupling({ conditioner: smooth, stays: [0, 3] }),
    on: { '4 features': [3, 4], 'an image of 4 × 4 × 5': [2, 4, 4, 5] },
  },
  'affineCoupling, volume preserving': {
    make: () => core.affineCoupling({ conditioner: smooth, volumePreserving: true }),
    axes: [0, 1, 2],
  },
  'additiveCoupling, a smooth uNet': {
    make: () =>
      core.additiveCoupling({ conditioner: { kind: 'uNet', hidden: 2, levels: 1, activation: 'tanh' } }),
    axes: [1, 2, 3],
  },
  'affineCoupling, a smooth residual block of stride 2, given a vector': {
    make: () =>
      core.affineCoupling({
        conditioner: { kind: 'residual', hidden: 3, stride: 2, gated: true, activation: 'softplus' },
      }),
    axes: [1, 2, 3],
    given: 'vector',
  },
  'additiveCoupling of attention': {
    make: () => core.additiveCoupling({ conditioner: { kind: 'attention', hidden: 4, heads: 2 } }),
    on: { 'an image of 2 × 3 × 6': [2, 2, 3, 6] },
  },
  splineCoupling: { make: () => core.splineCoupling({ bins: 4, conditioner: smooth }), smooth: false },
  'splineCoupling in a wide box': {
    make: () => core.splineCoupling({ bound: 6, hidden: 5 }),
    smooth: false,
    // Not on a single sample: rounding of one steep bin is a hundred-thousandth of its own gradient.
    on: { '4 features': [3, 4], 'an image of 4 × 4 × 4': [2, 4, 4, 4] },
  },
  'splineCoupling of bounded, circular and unbounded channels': {
    make: () => core.splineCoupling({ bins: 4, hidden: 5, flip: true, split: 1, ...mixedTails }),
    smooth: false,
    on: { '4 features': [3, 4], 'an image of 4 × 2 × 4': [2, 4, 2, 4] },
  },
  momentum: { make: () => core.momentum({ conditioner: smooth }) },
  'momentum, γ = 1': { make: () => core.momentum({ hidden: 4, gamma: 1 }), smooth: false },
});
