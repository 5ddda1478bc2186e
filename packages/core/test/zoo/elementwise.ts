import * as core from '@invertible/core';
import { casesOf, fourChannels, mixedTails, shapes } from './case';

/** Maps of one number at a time, by constants or weights. */
export const elementwise = casesOf(
  {
    actNorm: { make: () => core.actNorm() },
    'actNorm of 0.1.0': { make: () => core.actNorm({ centred: false }) },
    pixelAffine: { make: () => core.pixelAffine() },
    'scaling, bytes to [−1, 1]': { make: () => core.scaling({ scale: 2 / 255, shift: -1 }) },
    'scaling, by channels': {
      make: () => core.scaling({ scale: [3, -0.2, 1, 0.5], shift: [0, 1, -2, 0.1] }),
      on: { '4 features': [3, 4], 'a volume of 2 × 4 × 2 × 4': [2, 2, 4, 2, 4] },
    },
    standardize: { make: () => core.standardize() },
    'standardize by given numbers': {
      make: () => core.standardize({ mean: [0.3, -5, 2, 40], deviation: 0.2 }),
      on: { '4 features': [3, 4], 'a volume of 2 × 4 × 2 × 4': [2, 2, 4, 2, 4] },
    },
    spline: { make: () => core.spline({ bins: 4 }), smooth: false },
    circularShift: { make: () => core.circularShift({ bounds: [-9, 9] }) },
    'circularShift, each channel with its own turn': {
      make: () =>
        core.circularShift({
          bounds: [
            [-6, 7],
            [-5, 5],
          ],
        }),
      on: { '2 features': [3, 2], 'a volume of 2 × 2 × 1 × 2': [2, 2, 2, 1, 2] },
    },
    'spline on one feature': { make: () => core.spline({ bins: 4 }), smooth: false, on: [5, 1] },
    'spline of bounded, circular and unbounded channels': {
      make: () => core.spline({ bins: 4, ...mixedTails }),
      smooth: false,
      on: fourChannels,
    },
    'spline, bounded': {
      make: () =>
        core.chain([
          core.sigmoid({ low: -1, high: 2 }),
          core.spline({ bins: 4, tails: 'bounded', bounds: [-1, 2] }),
        ]),
      smooth: false,
    },
    'batchNorm at inference': { make: () => core.batchNorm() },
    leakyRelu: { make: () => core.leakyRelu(), smooth: false },
    'sigmoid within (−2, 3)': { make: () => core.sigmoid({ low: -2, high: 3 }) },
    softplus: { make: () => core.softplus() },
    arctan: { make: () => core.arctan({ clamp: 2 }) },
    'inverse of logit': { make: () => core.reverse(core.logit({ alpha: 0.05 })) },
  },
  { ...shapes, 'a single image of 2 × 4 × 2': [1, 2, 4, 2] },
);
