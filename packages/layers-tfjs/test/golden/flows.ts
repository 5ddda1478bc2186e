import type * as inn from '@invertible/layers-tfjs';
import type { Kit } from './kit';

type Make = (kit: Kit) => inn.Flow;

const small = { hidden: 3, steps: 1 } as const;
const image = [4, 4, 1];

/** Every network as a flow, and every base. Add to them; those that are here stay as they are. */
export const flows: Record<string, Make> = {
  glow: ({ inn }) => inn.glow({ ...small, shape: image, seed: 1 }),
  'glow without splits, haar, lu': ({ inn }) =>
    inn.glow({ ...small, shape: image, split: false, squeeze: 'haar', mixing: { kind: 'lu' }, seed: 2 }),
  'glow on lines, no priors, hint, a wavelet': ({ inn }) =>
    inn.glow({
      ...small,
      shape: [8, 1],
      prior: 'none',
      coupling: 'hint',
      leaf: 1,
      squeeze: { wavelet: 'db2' },
      mixing: { kind: 'permutation' },
    }),
  'glow on volumes, additive': ({ inn }) =>
    inn.glow({ ...small, shape: [2, 2, 2, 1], scales: 1, coupling: 'additive', squeeze: 'patch' }),
  'glow on vectors, three scales, no norm': ({ inn }) =>
    inn.glow({ ...small, shape: [7], scales: 3, norm: 'none', scale: 'sigmoid' }),
  'conditionalGlow, given a vector': ({ inn }) =>
    inn.conditionalGlow({ ...small, shape: image, condition: [3] }),
  'conditionalGlow, given an image, as it is': ({ inn }) =>
    inn.conditionalGlow({ ...small, shape: image, condition: [4, 4, 2], conditionNorm: 'none' }),
  realNvp: ({ inn }) => inn.realNvp({ shape: [5], layers: 3, hidden: 3 }),
  'realNvp, lu, given a vector': ({ inn }) =>
    inn.realNvp({
      shape: [4],
      condition: [2],
      layers: 2,
      hidden: 3,
      mixing: { kind: 'lu' },
      norm: 'none',
      seed: 3,
    }),
  nice: ({ inn }) => inn.nice({ shape: [5], hidden: 3 }),
  hint: ({ inn }) => inn.hint({ shape: [6], layers: 2, hidden: 3, leaf: 1, mixing: { kind: 'lu' } }),
  'hint on images, given a vector': ({ inn }) =>
    inn.hint({ shape: [2, 2, 6], condition: [2], layers: 2, hidden: 3, permute: 'lower' }),
  multiscaleHint: ({ inn }) => inn.multiscaleHint({ ...small, shape: image, leaf: 2 }),
  'conditionalHint, both lanes': ({ inn }) =>
    inn.conditionalHint({ shape: [6], layers: 2, hidden: 3, leaf: 1, seed: 1 }),
  'conditionalHint, lane of x': ({ inn }) =>
    inn.conditionalHint({
      shape: [3],
      condition: [3],
      layers: 2,
      hidden: 3,
      lane: 'x',
      mixing: { kind: 'lu' },
    }),
  'conditionalHint, lane of y': ({ inn }) =>
    inn.conditionalHint({ shape: [4], layers: 2, hidden: 3, lane: 'y' }),
  'multiscaleConditionalHint, both lanes': ({ inn }) =>
    inn.multiscaleConditionalHint({ ...small, shape: [4, 4, 2] }),
  'multiscaleConditionalHint, lane of x without splits': ({ inn }) =>
    inn.multiscaleConditionalHint({
      ...small,
      shape: image,
      condition: image,
      scales: 1,
      lane: 'x',
      split: false,
    }),
  hyperbolicNetwork: ({ inn }) =>
    inn.hyperbolicNetwork({
      shape: [4, 4, 2],
      architecture: [{ hidden: 2 }, { action: 'down', hidden: 3 }, { action: 'up' }],
    }),
  iunet: ({ inn }) => inn.iunet({ shape: [4, 4, 2], levels: 1, hidden: 3 }),
  'iunet, affine, one matrix of all': ({ inn }) =>
    inn.iunet({
      shape: [2, 2, 3],
      levels: 1,
      coupling: 'affine',
      couplings: 1,
      share: 0.3,
      hidden: 3,
      downsampling: { per: 'all', start: 'random' },
      mixing: { kind: 'lu' },
    }),
  'affineCoupling, diagonalNormal': ({ inn }) =>
    inn.flow({
      bijection: inn.affineCoupling({ hidden: 3 }),
      shape: [2, 2, 2],
      base: { kind: 'diagonalNormal' },
    }),
  'affineCoupling, conditionalNormal': ({ inn }) =>
    inn.flow({
      bijection: inn.affineCoupling({ hidden: 3 }),
      shape: [4],
      condition: [2],
      base: { kind: 'conditionalNormal', hidden: 3 },
    }),
  'affineCoupling, mixtureOfNormals': ({ inn }) =>
    inn.flow({
      bijection: inn.affineCoupling({ hidden: 3 }),
      shape: [4],
      base: { kind: 'mixtureOfNormals', components: 3 },
      seed: 5,
    }),
  'affineCoupling, logistic': ({ inn }) =>
    inn.flow({ bijection: inn.affineCoupling({ hidden: 3 }), shape: [4], base: { kind: 'logistic' } }),
  'sigmoid, uniform': ({ inn }) =>
    inn.flow({ bijection: inn.sigmoid(), shape: [3], base: { kind: 'uniform' } }),
};

/** Flows whose weights alone are kept, as safetensors; most of them no file can name. */
export const weightsOnly: Record<string, Make> = {
  'conditionalGlow, given an image': ({ inn }) =>
    inn.conditionalGlow({ ...small, shape: image, condition: [4, 4, 1], seed: 7 }),
  'realNvp, mixtureOfNormals': ({ inn }) =>
    inn.realNvp({ shape: [4], layers: 2, hidden: 3, base: { kind: 'mixtureOfNormals', components: 2 } }),
  irim: ({ inn, core, tf }) =>
    inn.irim({
      operator: core.maskOperator(tf.tensor([1, 0, 0.5, 1], [1, 2, 2, 1])),
      shape: [2, 2, 4],
      condition: [2, 2, 1],
      iterations: 2,
      hidden: 3,
      link: 'sigmoid',
    }),
  'irim of HINT, one set of weights': ({ inn, core, tf }) =>
    inn.irim({
      operator: core.maskOperator(tf.tensor([1, 0, 0.5, 1], [1, 2, 2, 1])),
      shape: [2, 2, 4],
      condition: [2, 2, 1],
      iterations: 2,
      coupling: 'hint',
      shared: true,
      hidden: 3,
    }),
  'a chain of core, a member twice, one reversed, a split': ({ inn, core }) => {
    const twice = core.affineCoupling({ hidden: 3 });
    const back = core.reverse(core.conv1x1({ kind: 'qr' }));
    const split = core.split({ shape: [2, 2, 4], keep: 3 }, core.actNorm());
    return inn.flow({
      bijection: core.chain([core.actNorm(), twice, back, twice, split], {
        keys: ['norm', 'twice', 'back', 'twice', 'split'],
      }),
      shape: [2, 2, 4],
    });
  },
  'realNvp, given a set': ({ inn, core }) =>
    inn.flow({
      bijection: core.embedCondition(
        core.realNvp({ layers: 2, hidden: 3 }),
        core.deepSet({ hidden: 3, out: 2 }),
      ),
      shape: [4],
      condition: [5, 2],
    }),
  'conditionalGlow, given an image through a network': ({ inn, core }) =>
    inn.flow({
      bijection: core.embedCondition(
        core.conditionalGlow({ ...small, shape: image }),
        core.summaryNetwork({ kind: 'conv', hidden: 3 }, 2),
      ),
      shape: image,
      condition: [4, 4, 1],
    }),
};
