import * as core from '@invertible/core';
import { smooth } from '../smooth';
import { turned } from '../turned';
import { casesOf, fourChannels } from './case';

/** Bijections of bijections: combinators, and named recipes of one layer. */
export const recipes = casesOf({
  'glowCoupling, given a vector': {
    make: () => core.glowCoupling({ hidden: 5 }),
    given: 'vector',
    smooth: false,
  },
  'hintCoupling, down to single channels': {
    make: () => core.hintCoupling({ conditioner: smooth, leaf: 1 }),
  },
  'hintCoupling of 7 channels, mixed below': {
    make: () => core.hintCoupling({ hidden: 4, leaf: 2, permute: 'lower' }),
    on: { '7 features': [3, 7], 'an image of 2 × 2 × 7': [2, 2, 2, 7] },
    smooth: false,
  },
  'hintCoupling, mixed before': { make: () => core.hintCoupling({ conditioner: smooth, permute: 'full' }) },
  'hintCoupling, mixed before and back, given a vector': {
    make: () => core.hintCoupling({ hidden: 4, leaf: 1, permute: 'both' }),
    given: 'vector',
    smooth: false,
  },
  // Not on vectors with so small a move: the gradient of its mixing, there and back, is a difference of nearly equal terms.
  irimCoupling: { make: () => core.irimCoupling({ hidden: 4 }), axes: [1, 2, 3], smooth: false },
  'irimCoupling, smooth': { make: () => core.irimCoupling({ conditioner: smooth }) },
  'irimCoupling of two dilations, given an image': {
    make: () => core.irimCoupling({ hidden: 3, dilations: [1, 2], gated: false }),
    axes: [1, 2, 3],
    given: 'image',
    smooth: false,
  },
  'split around a coupling': {
    make: () => core.split({ shape: [4, 4, 3], keep: 2 }, core.affineCoupling({ conditioner: smooth })),
    on: { 'an image of 4 × 4 × 3': [2, 4, 4, 3] },
  },
  'splits within splits': {
    make: () =>
      core.chain([
        core.squeeze(),
        core.split(
          { shape: [2, 2, 4] },
          core.chain([core.conv1x1(), core.split({ shape: [2, 2, 2] }, core.actNorm())]),
        ),
      ]),
    on: { 'an image of 4 × 4 × 1': [2, 4, 4, 1] },
  },
  hyperbolic: { make: () => core.hyperbolic({ hidden: 3 }), smooth: false },
  'hyperbolic, down': {
    make: () => core.hyperbolic({ action: 'down', hidden: 3 }),
    axes: [1, 2, 3],
    smooth: false,
  },
  'hyperbolic, up': {
    make: () => core.hyperbolic({ action: 'up' }),
    on: { 'an image of 2 × 2 × 8': [2, 2, 2, 8] },
    smooth: false,
  },
  hyperbolicNetwork: {
    make: () => core.hyperbolicNetwork({ architecture: [{ hidden: 3 }, { hidden: 2 }, {}], step: 0.3 }),
    smooth: false,
  },
  'hyperbolicNetwork, down and up': {
    make: () =>
      core.hyperbolicNetwork({
        architecture: [{ hidden: 2 }, { action: 'down', hidden: 3 }, { action: 'up' }],
      }),
    axes: [1, 2, 3],
    smooth: false,
  },
  'irim, given an image': {
    make: () =>
      core.irim({
        operator: turned,
        image: 2,
        iterations: 3,
        mixing: { kind: 'permutation' },
        conditioner: smooth,
      }),
    on: fourChannels,
    given: 'image',
  },
  'irim, one set of weights, sigmoid, given an image': {
    make: () =>
      core.irim({
        operator: turned,
        image: 2,
        iterations: 2,
        link: 'sigmoid',
        shared: true,
        conditioner: smooth,
      }),
    on: fourChannels,
    given: 'image',
  },
  'irim of HINT, given an image': {
    make: () => core.irim({ operator: turned, image: 2, iterations: 2, coupling: 'hint', hidden: 3 }),
    on: fourChannels,
    given: 'image',
    smooth: false,
  },
  iunet: {
    make: () => core.iunet({ levels: 1, mixing: { reflections: 1 }, conditioner: smooth }),
    axes: [1, 2, 3],
  },
  'iunet of affine couplings, two levels': {
    make: () => core.iunet({ coupling: 'affine', couplings: 1, share: 0.3, hidden: 3 }),
    on: { 'an image of 4 × 4 × 3': [2, 4, 4, 3] },
    smooth: false,
  },
  'graph that branches, joins and is given a place': {
    make: () =>
      core.graph({
        shape: [4],
        nodes: [
          { from: 'x', split: { a: 2, b: 2 } },
          { from: 'b', through: core.conditionalAffine({ conditioner: smooth }), given: 'a', to: 'moved' },
          { from: 'a', through: core.affineCoupling({ conditioner: smooth }), to: 'other' },
          { join: ['moved', 'other'], to: 'both' },
          { from: 'both', through: core.conv1x1(), to: 'mixed' },
        ],
      }),
    on: { '4 features': [3, 4], 'a single sample of 4 features': [1, 4] },
  },
  'graph of an image with two ends, given a vector': {
    make: () =>
      core.graph({
        shape: [4, 4, 3],
        nodes: [
          {
            from: 'x',
            through: core.affineCoupling({ conditioner: smooth, split: 1 }),
            given: 'condition',
            to: 'y',
          },
          { from: 'y', split: { a: 2, b: 1 } },
          { from: 'a', through: core.squeeze(), to: 'half' },
        ],
      }),
    given: 'vector',
    on: { 'an image of 4 × 4 × 3': [2, 4, 4, 3] },
  },
  'chain of three': {
    make: () => core.chain([core.actNorm(), core.conv1x1(), core.affineCoupling({ hidden: 5 })]),
    smooth: false,
  },
  'chain of three, given an image': {
    make: () =>
      core.chain([core.conv1x1(), core.additiveCoupling({ hidden: 4 }), core.affineCoupling({ hidden: 5 })]),
    given: 'image',
    smooth: false,
  },
  'chain of three, smooth': {
    make: () => core.chain([core.actNorm(), core.conv1x1(), core.affineCoupling({ conditioner: smooth })]),
  },
});
