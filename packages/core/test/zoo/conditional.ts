import * as core from '@invertible/core';
import { smooth } from '../smooth';
import { casesOf } from './case';

/** Maps whose parameters come from a condition, and couplings that learn two lanes. */
export const conditional = casesOf({
  'conditionalSpline, given a vector': {
    make: () => core.conditionalSpline({ hidden: 5, bins: 4 }),
    given: 'vector',
    smooth: false,
  },
  'conditionalSpline on one feature, given a vector': {
    make: () => core.conditionalSpline({ hidden: 5, bins: 4 }),
    on: [5, 1],
    given: 'vector',
    smooth: false,
  },
  'conditionalSpline, circular, given a vector': {
    make: () => core.conditionalSpline({ hidden: 5, bins: 4, tails: 'circular', bounds: [-6, 6] }),
    on: { '4 features': [3, 4], 'an image of 4 × 2 × 2': [2, 4, 2, 2] },
    given: 'vector',
    smooth: false,
  },
  'conditionalAffine, given a vector': {
    make: () => core.conditionalAffine({ hidden: 5 }),
    given: 'vector',
    smooth: false,
  },
  'conditionalAffine, given an image': {
    make: () => core.conditionalAffine({ conditioner: smooth }),
    given: 'image',
  },
  conditionalHintCoupling: { make: () => core.conditionalHintCoupling({ conditioner: smooth }) },
  'conditionalHintCoupling of 5 + 2 channels': {
    make: () => core.conditionalHintCoupling({ hidden: 4, split: 2, leaf: 2 }),
    on: { '7 features': [3, 7], 'an image of 2 × 2 × 7': [2, 2, 2, 7] },
    smooth: false,
  },
  'conditionalHintCoupling, lane of x, given an image': {
    make: () => core.conditionalHintCoupling({ conditioner: smooth, lane: 'x' }),
    given: 'image',
  },
  'conditionalHintCoupling, lane of y': {
    make: () => core.conditionalHintCoupling({ hidden: 4, lane: 'y' }),
    smooth: false,
  },
});
