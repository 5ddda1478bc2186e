import * as core from '@invertible/core';
import { casesOf, fourChannels } from './case';

const small = { hidden: 4, steps: 6, trace: 'exact' } as const;

/** Flows of a field of velocities. */
export const continuous = casesOf({
  continuousFlow: {
    make: () => core.continuousFlow(small),
    on: { '3 features': [3, 3], 'a volume of 2 × 1 × 2 × 2': [2, 2, 1, 2, 2] },
  },
  'continuousFlow on one feature, given a vector': {
    make: () => core.continuousFlow(small),
    on: [5, 1],
    given: 'vector',
  },
  'continuousFlow, given an image': {
    make: () => core.continuousFlow({ ...small, kernel: 1 }),
    on: { 'an image of 2 × 2 × 2': [2, 2, 2, 2] },
    given: 'image',
  },
  'continuousFlow by an estimate': {
    make: () => core.continuousFlow({ ...small, trace: 'estimated', seed: 3 }),
    on: fourChannels,
    estimated: true,
  },
});
