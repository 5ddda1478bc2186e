import * as core from '@invertible/core';
import { casesOf } from './case';

/** Matrices that mix channels, and pixels. */
export const linear = casesOf({
  conv1x1: { make: () => core.conv1x1() },
  'conv1x1, one reflection': { make: () => core.conv1x1({ reflections: 1 }) },
  'conv1x1, as many reflections as channels': { make: () => core.conv1x1({ reflections: 9 }) },
  'conv1x1, lu': { make: () => core.conv1x1({ kind: 'lu', seed: 5 }) },
  'conv1x1, lu, of a given order and signs, biased': {
    make: () => core.conv1x1({ kind: 'lu', order: [2, 0, 3, 1], signs: [1, -1, -1, 1], bias: true }),
    on: { '4 features': [3, 4], 'an image of 2 × 2 × 4': [2, 2, 2, 4] },
  },
  // Not on a single sample: random numbers are no well-conditioned matrix.
  'conv1x1, dense': {
    make: () => core.conv1x1({ kind: 'dense' }),
    on: { '4 features': [3, 4], 'a volume of 2 × 2 × 2 × 4': [2, 2, 2, 2, 4] },
  },
  'conv1x1, dense, biased': {
    make: () => core.conv1x1({ kind: 'dense', bias: true }),
    on: { '4 features': [3, 4], 'an image of 2 × 2 × 4': [2, 2, 2, 4] },
  },
  'conv1x1, qr': { make: () => core.conv1x1({ kind: 'qr' }) },
  'conv1x1, exponential': { make: () => core.conv1x1({ kind: 'exponential' }) },
  'conv1x1, permutation': { make: () => core.conv1x1({ kind: 'permutation', seed: 2 }) },
  'conv1x1, reverse': { make: () => core.conv1x1({ kind: 'reverse' }) },
  'conv1x1, a cycle of 11 channels': {
    make: () => core.conv1x1({ start: 'permutation' }),
    on: { 'a line of 2 × 11': [2, 2, 11] },
  },
  'conv1x1, lu, of 11 channels': {
    make: () => core.conv1x1({ kind: 'lu' }),
    on: { 'a line of 2 × 11': [2, 2, 11] },
  },
  orthogonalDownsampling: { make: () => core.orthogonalDownsampling(), axes: [1, 2, 3] },
  'orthogonalDownsampling, one matrix of all': {
    make: () => core.orthogonalDownsampling({ per: 'all' }),
    axes: [1, 2, 3],
  },
  'orthogonalDownsampling, from a random rotation': {
    make: () => core.orthogonalDownsampling({ start: 'random' }),
    axes: [1, 2],
  },
});
