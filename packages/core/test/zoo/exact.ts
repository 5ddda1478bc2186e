import * as core from '@invertible/core';
import { smooth } from '../smooth';
import { turned } from '../turned';
import { casesOf, type Entry, fourChannels } from './case';

/** A map on a grid, and the same without rounding, from the same options. */
const both = (
  make: (exact: core.ExactOptions) => core.Bijection,
  rest: Omit<Entry, 'make' | 'exact'> = {},
): Entry => ({ make: () => make({ exact: true }), exact: () => make({}), ...rest });

const kinks = { smooth: false };
const spatial = { axes: [1, 2, 3] };

/** Maps whose values lie on a grid. */
export const exact = casesOf({
  'exact additiveCoupling': both((e) => core.additiveCoupling({ ...e, conditioner: smooth })),
  'exact additiveCoupling of a convNet, given a vector': both(
    (e) => core.additiveCoupling({ ...e, hidden: 5, split: 1, flip: true }),
    { ...kinks, given: 'vector' },
  ),
  'exact momentum, γ = 1': both((e) => core.momentum({ ...e, gamma: 1, conditioner: smooth })),
  rotations: { make: () => core.rotations() },
  'rotations, exact': both((e) => core.rotations(e)),
  'rotations of 7 channels, exact': both((e) => core.rotations(e), {
    on: { '7 features': [3, 7], 'an image of 2 × 2 × 7': [2, 2, 2, 7] },
  }),
  'exact haarSqueeze': both((e) => core.haarSqueeze(e), spatial),
  'exact orthogonalDownsampling': {
    make: () => core.orthogonalDownsampling({ exact: true, start: 'identity' }),
    exact: () => core.chain([core.squeeze(), core.rotations()], { keys: ['squeeze', 'mixing'] }),
    ...spatial,
  },
  'exact hintCoupling, additive': both((e) =>
    core.hintCoupling({ ...e, additive: true, leaf: 1, conditioner: smooth }),
  ),
  'exact hintCoupling, additive, mixed before and back': {
    make: () =>
      core.hintCoupling({
        exact: true,
        additive: true,
        permute: 'both',
        mixing: { kind: 'reverse' },
        hidden: 4,
      }),
    exact: () =>
      core.hintCoupling({ additive: true, permute: 'both', mixing: { kind: 'reverse' }, hidden: 4 }),
    ...kinks,
  },
  'exact irimCoupling': {
    make: () => core.irimCoupling({ exact: true, conditioner: smooth, dilations: [1, 2] }),
    exact: () => core.chain([1, 2].map(mixedBlock)),
  },
  'exact hyperbolic': both((e) => core.hyperbolic({ ...e, hidden: 3 }), kinks),
  'exact hyperbolic, down': both((e) => core.hyperbolic({ ...e, action: 'down', hidden: 3 }), {
    ...spatial,
    ...kinks,
  }),
  'exact hyperbolicNetwork, down and up': both(
    (e) =>
      core.hyperbolicNetwork({ ...e, architecture: [{}, { action: 'down', hidden: 3 }, { action: 'up' }] }),
    { ...spatial, ...kinks },
  ),
  'exact irim, given an image': both(
    (e) =>
      core.irim({
        ...e,
        operator: turned,
        image: 2,
        iterations: 3,
        mixing: { kind: 'permutation' },
        conditioner: smooth,
      }),
    { on: fourChannels, given: 'image' },
  ),
  'exact irim of HINT, given an image': both(
    (e) =>
      core.irim({
        ...e,
        operator: turned,
        image: 2,
        iterations: 2,
        coupling: 'hint',
        additive: true,
        mixing: { kind: 'reverse' },
        conditioner: smooth,
      }),
    { on: fourChannels, given: 'image' },
  ),
  'exact iunet': {
    make: () => core.iunet({ exact: true, levels: 1, conditioner: smooth }),
    exact: () => core.iunet({ exact: { step: 2 ** -20 }, levels: 1, conditioner: smooth }),
    ...spatial,
  },
});

function mixedBlock(): core.Bijection {
  const mix = core.rotations();
  const move = core.additiveCoupling({ conditioner: smooth });
  return core.chain([mix, move, core.reverse(mix)], { keys: ['mixing', 'coupling', 'mixing'] });
}
