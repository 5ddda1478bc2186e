import * as core from '@invertible/core';
import { casesOf, fourChannels } from './case';

const small = { coefficient: 0.5, hidden: 4, logDet: 'exact' } as const;

/** Contractions added to what they read. */
export const residual = casesOf({
  contractiveResidual: { make: () => core.contractiveResidual(small), on: fourChannels },
  'contractiveResidual on one feature, given a vector': {
    make: () => core.contractiveResidual(small),
    on: [5, 1],
    given: 'vector',
  },
  'contractiveResidual, given an image': {
    make: () => core.contractiveResidual({ ...small, kernel: 1 }),
    on: { '3 features': [3, 3], 'an image of 2 × 3 × 2': [2, 2, 3, 2] },
    given: 'image',
  },
  'contractiveResidual by the series': {
    make: () => core.contractiveResidual({ ...small, logDet: 'series', terms: 4, seed: 3 }),
    estimated: true,
  },
  'contractiveResidual, near 1': {
    make: () => core.contractiveResidual({ hidden: 6, coefficient: 0.9 }),
    on: [3, 4],
  },
});
