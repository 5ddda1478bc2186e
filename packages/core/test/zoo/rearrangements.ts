import * as core from '@invertible/core';
import { casesOf } from './case';

/** Maps that move numbers and change none, but for signs and orthogonal transforms. */
export const rearrangements = casesOf({
  'squeeze, checkerboard': { make: () => core.squeeze(), axes: [1, 2, 3] },
  'squeeze, channel by channel': { make: () => core.squeeze({ order: 'channels' }), axes: [1, 2, 3] },
  'haarSqueeze, channel by channel': { make: () => core.haarSqueeze({ order: 'channels' }), axes: [1, 2, 3] },
  'squeeze, patch': { make: () => core.squeeze({ pattern: 'patch' }), axes: [1, 2, 3] },
  permutation: { make: () => core.permutation({ seed: 3 }) },
  'permutation of a given order': { make: () => core.permutation({ order: [2, 0, 3, 1] }), axes: [0, 1, 2] },
  reverseChannels: { make: () => core.reverseChannels() },
  'pad, to even sizes': {
    make: () => core.pad({ size: [3, 4, 1] }),
    on: { 'a volume of 3 × 4 × 1 × 2': [2, 3, 4, 1, 2] },
  },
  'pad, to multiples of 4': {
    make: () => core.pad({ multiple: 4, size: [5, 3] }),
    on: { 'an image of 5 × 3 × 2': [2, 5, 3, 2] },
  },
  'pad, to 7': { make: () => core.pad({ to: [7], size: [4] }), on: { 'a line of 4 × 3': [2, 4, 3] } },
  reshape: {
    make: () => core.reshape({ from: [4, 3, 2], to: [2, 12] }),
    on: { 'an image of 4 × 3 × 2': [2, 4, 3, 2] },
  },
  flatten: {
    make: () => core.flatten({ from: [2, 3, 2, 1] }),
    on: { 'a volume of 2 × 3 × 2 × 1': [2, 2, 3, 2, 1] },
  },
  haarSqueeze: { make: () => core.haarSqueeze(), axes: [1, 2, 3] },
  waveletSqueeze: { make: () => core.waveletSqueeze(), axes: [1, 2, 3] },
  'waveletSqueeze, sym5': { make: () => core.waveletSqueeze({ wavelet: 'sym5' }), axes: [1, 2, 3] },
  'waveletSqueeze, coif5': { make: () => core.waveletSqueeze({ wavelet: 'coif5' }), axes: [1, 2, 3] },
  'squeeze, column': { make: () => core.squeeze({ pattern: 'column' }), axes: [1, 2, 3] },
});
