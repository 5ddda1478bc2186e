import * as core from '@invertible/core';
import { casesOf } from './case';

/** A few tanh units added to what they read. */
export const lowRank = casesOf({
  planar: { make: () => core.planar() },
  'planar on one feature': { make: () => core.planar(), on: [5, 1] },
  sylvester: {
    make: () => core.sylvester(),
    on: { '4 features': [3, 4], 'an image of 2 × 2 × 4': [2, 2, 2, 4] },
  },
  'sylvester of 3 units': { make: () => core.sylvester({ hidden: 3 }), on: [3, 5] },
  'sylvester of 2 units': {
    make: () => core.sylvester({ hidden: 2 }),
    on: { '3 features': [3, 3], 'a line of 3 × 4': [2, 3, 4], 'a volume of 2 × 2 × 2 × 2': [2, 2, 2, 2, 2] },
  },
});
