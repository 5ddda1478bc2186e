import type * as tfl from '@tensorflow/tfjs-layers';
import { type Kit, network } from './kit';

/** Layers that make a model with a likelihood head after them. */
export interface Recipe {
  layers(kit: Kit): tfl.layers.Layer[];
  /** Without the batch. Default [2, 2, 4]. */
  shape?: number[];
  /** Shape of a condition, without the batch. Default: none. */
  condition?: number[];
  /** Where the numbers of x lie. Default: normal. */
  within?: [low: number, high: number];
}

type Inn = Kit['inn'];
const one = (make: (inn: Inn, kit: Kit) => tfl.layers.Layer, rest: Omit<Recipe, 'layers'> = {}): Recipe => ({
  layers: (kit) => [make(kit.inn, kit)],
  ...rest,
});

const hidden = 3;
const [line, volume] = [
  [4, 2],
  [2, 2, 2, 2],
];
const pixels = [2, 2, 2];

/** Every kind of layer with the options that matter to its numbers. Add to them; those that are here stay as they are. */
export const layers: Record<string, Recipe> = {
  actNorm: one((inn) => inn.actNorm()),
  'actNorm, vectors, inverse': one((inn) => inn.actNorm({ inverse: true }), { shape: [4] }),
  additiveCoupling: one((inn) => inn.additiveCoupling({ hidden, seed: 1 })),
  'additiveCoupling, line, flip, kernel 1, softplus': one(
    (inn) => inn.additiveCoupling({ hidden, flip: true, kernel: 1, activation: 'softplus' }),
    { shape: line },
  ),
  'additiveCoupling, volume, inverse': one((inn) => inn.additiveCoupling({ hidden, inverse: true }), {
    shape: volume,
  }),
  affineCoupling: one((inn) => inn.affineCoupling({ hidden })),
  'affineCoupling, stored': one((inn) => inn.affineCoupling({ hidden, gradient: 'stored' })),
  'affineCoupling, clamp': one((inn) => inn.affineCoupling({ hidden, clamp: 0.7, activation: 'tanh' })),
  'affineCoupling, atan, inverse': one((inn) =>
    inn.affineCoupling({ hidden, scale: 'atan', inverse: true, activation: 'leakyRelu' }),
  ),
  'affineCoupling, expClamp': one((inn) => inn.affineCoupling({ hidden, scale: 'expClamp', clamp: 1.5 })),
  'affineCoupling, sigmoid within a range': one((inn) =>
    inn.affineCoupling({ hidden, scale: 'sigmoid', range: [0.2, 3] }),
  ),
  'affineCoupling, doubleSigmoid': one((inn) => inn.affineCoupling({ hidden, scale: 'doubleSigmoid' })),
  'affineCoupling, volume preserving, flip, 1 channel stays': one((inn) =>
    inn.affineCoupling({ hidden, volumePreserving: true, flip: true, split: 1 }),
  ),
  'affineCoupling, vectors, dense': one(
    (inn) => inn.affineCoupling({ split: 2, conditioner: inn.denseNet({ hidden, layers: 3 }) }),
    { shape: [5] },
  ),
  'affineCoupling, convNet': one((inn) => inn.affineCoupling({ conditioner: inn.convNet({ hidden }) })),
  'affineCoupling, line, residual of stride 2': one(
    (inn) => inn.affineCoupling({ conditioner: inn.residualBlock({ hidden, stride: 2, gated: true }) }),
    { shape: line },
  ),
  'affineCoupling, residual, dilated': one((inn) =>
    inn.affineCoupling({ conditioner: inn.residualBlock({ hidden, dilation: 2 }) }),
  ),
  'affineCoupling, resNet': one((inn) =>
    inn.affineCoupling({ conditioner: inn.resNet({ hidden, blocks: 1 }) }),
  ),
  'affineCoupling, uNet': one((inn) => inn.affineCoupling({ conditioner: inn.uNet({ hidden, levels: 1 }) })),
  'affineCoupling, a model': one((inn, kit) => inn.affineCoupling({ conditioner: network(kit, true) })),
  'affineCoupling, given a vector': one((inn) => inn.affineCoupling({ hidden }), { condition: [3] }),
  'affineCoupling, given an image': one((inn) => inn.affineCoupling({ hidden, inverse: true }), {
    condition: pixels,
  }),
  'affineCoupling, conditionalResidual, given an image': one(
    (inn) => inn.affineCoupling({ conditioner: inn.conditionalResidualBlock({ hidden }) }),
    { condition: pixels },
  ),
  'affineCoupling, a model, given an image': one(
    (inn, kit) => inn.affineCoupling({ conditioner: network(kit) }),
    { condition: pixels },
  ),
  arctan: one((inn) => inn.arctan()),
  'arctan, clamp, inverse': one((inn) => inn.arctan({ clamp: 2, inverse: true }), { within: [-1.9, 1.9] }),
  batchNorm: one((inn) => inn.batchNorm({ momentum: 0.6, epsilon: 1e-3 })),
  'batchNorm, inverse': one((inn) => inn.batchNorm({ inverse: true })),
  'conditionalAffine, given a vector': one((inn) => inn.conditionalAffine({ hidden }), { condition: [3] }),
  'conditionalAffine, sigmoid, inverse, given an image': one(
    (inn) => inn.conditionalAffine({ hidden, scale: 'sigmoid', inverse: true }),
    { condition: pixels },
  ),
  'conditionalAffine, volume preserving, a model': one(
    (inn, kit) => inn.conditionalAffine({ volumePreserving: true, conditioner: network(kit) }),
    { condition: pixels },
  ),
  conditionalHintCoupling: one((inn) => inn.conditionalHintCoupling({ hidden, leaf: 1 })),
  'conditionalHintCoupling of 5 + 2, unmixed': one(
    (inn) => inn.conditionalHintCoupling({ hidden, split: 2, leaf: 2, permute: false }),
    { shape: [7] },
  ),
  'conditionalHintCoupling, lane of x': one((inn) => inn.conditionalHintCoupling({ hidden, lane: 'x' }), {
    condition: pixels,
  }),
  'conditionalHintCoupling, lane of y': one((inn) =>
    inn.conditionalHintCoupling({ hidden, lane: 'y', mixing: { kind: 'lu' }, leaf: 1 }),
  ),
  conv1x1: one((inn) => inn.conv1x1({ seed: 2 })),
  'conv1x1, 2 reflections, inverse': one((inn) => inn.conv1x1({ reflections: 2, inverse: true })),
  'conv1x1, from a cycle': one((inn) => inn.conv1x1({ start: 'permutation', seed: 3 })),
  'conv1x1, lu': one((inn) => inn.conv1x1({ kind: 'lu', seed: 3 })),
  'conv1x1, qr': one((inn) => inn.conv1x1({ kind: 'qr' })),
  'conv1x1, qr, 2 reflections, inverse': one((inn) =>
    inn.conv1x1({ kind: 'qr', reflections: 2, inverse: true }),
  ),
  'conv1x1, exponential': one((inn) => inn.conv1x1({ kind: 'exponential' })),
  'conv1x1, exponential from the identity, vectors': one(
    (inn) => inn.conv1x1({ kind: 'exponential', start: 'identity' }),
    { shape: [5] },
  ),
  'conv1x1, exponential, frozen': one((inn) => inn.conv1x1({ kind: 'exponential', freeze: true })),
  'conv1x1, permutation': one((inn) => inn.conv1x1({ kind: 'permutation', seed: 5 }), { shape: [9] }),
  'conv1x1, reverse': one((inn) => inn.conv1x1({ kind: 'reverse' })),
  'flatten, and back': {
    layers: ({ inn }) => [inn.flatten(), inn.flatten({ inverse: true, from: [2, 2, 4] })],
  },
  glowCoupling: one((inn) => inn.glowCoupling({ hidden, seed: 4 })),
  'glowCoupling, lu, given a vector': one((inn) => inn.glowCoupling({ hidden, mixing: { kind: 'lu' } }), {
    condition: [3],
  }),
  haarSqueeze: one((inn) => inn.haarSqueeze()),
  'haarSqueeze, line, inverse': one((inn) => inn.haarSqueeze({ inverse: true }), { shape: line }),
  'haarSqueeze, volume': one((inn) => inn.haarSqueeze(), { shape: volume }),
  'hintCoupling, down to single channels': one((inn) => inn.hintCoupling({ hidden, leaf: 1 })),
  'hintCoupling, mixed below, 7 features': one(
    (inn) => inn.hintCoupling({ hidden, leaf: 2, permute: 'lower' }),
    { shape: [7] },
  ),
  'hintCoupling, mixed before, lu, inverse': one((inn) =>
    inn.hintCoupling({ hidden, leaf: 1, permute: 'full', mixing: { kind: 'lu' }, inverse: true }),
  ),
  'hintCoupling, mixed before and back, given a vector': one(
    (inn) => inn.hintCoupling({ hidden, leaf: 1, permute: 'both', scale: 'atan' }),
    { condition: [3] },
  ),
  hyperbolic: one((inn) => inn.hyperbolic({ hidden, step: 0.3 })),
  'hyperbolic, down': one((inn) => inn.hyperbolic({ action: 'down' })),
  'hyperbolic, up': one((inn) => inn.hyperbolic({ action: 'up' }), { shape: [2, 2, 8] }),
  'hyperbolic, line, inverse': one((inn) => inn.hyperbolic({ hidden, kernel: 1, inverse: true }), {
    shape: line,
  }),
  irimCoupling: one((inn) => inn.irimCoupling({ hidden })),
  'irimCoupling of two dilations, ungated, inverse': one((inn) =>
    inn.irimCoupling({ hidden, dilations: [1, 2], gated: false, inverse: true }),
  ),
  'irimCoupling of dense networks, lu, given an image': one(
    (inn) => inn.irimCoupling({ conditioner: inn.denseNet({ hidden }), mixing: { kind: 'lu' }, split: 1 }),
    { condition: pixels },
  ),
  leakyRelu: one((inn) => inn.leakyRelu()),
  'leakyRelu, slope, inverse': one((inn) => inn.leakyRelu({ slope: 0.3, inverse: true })),
  logit: one((inn) => inn.logit(), { within: [0.01, 0.99] }),
  'logit, alpha, inverse': one((inn) => inn.logit({ alpha: 0.05, inverse: true })),
  momentum: one((inn) => inn.momentum({ hidden })),
  'momentum, gamma, dense, inverse': one((inn) =>
    inn.momentum({ gamma: 0.99, conditioner: inn.denseNet({ hidden }), inverse: true }),
  ),
  'momentum, gamma 1, given a vector': one((inn) => inn.momentum({ hidden, gamma: 1 }), { condition: [3] }),
  orthogonalDownsampling: one((inn) => inn.orthogonalDownsampling()),
  'orthogonalDownsampling, one matrix of all': one((inn) => inn.orthogonalDownsampling({ per: 'all' }), {
    shape: pixels,
  }),
  'orthogonalDownsampling, line, from the identity': one(
    (inn) => inn.orthogonalDownsampling({ start: 'identity' }),
    { shape: line },
  ),
  'orthogonalDownsampling, from a random rotation, inverse': one((inn) =>
    inn.orthogonalDownsampling({ start: 'random', inverse: true }),
  ),
  pad: one((inn) => inn.pad(), { shape: [3, 2, 2] }),
  'pad, to multiples of 3, inverse': one((inn) => inn.pad({ multiple: 3, inverse: true, size: [2, 2] }), {
    shape: [3, 3, 2],
  }),
  'pad, to 5': one((inn) => inn.pad({ to: [5] }), { shape: line }),
  permutation: one((inn) => inn.permutation({ seed: 3 }), { shape: [9] }),
  'permutation of a given order, inverse': one((inn) =>
    inn.permutation({ order: [2, 0, 3, 1], inverse: true }),
  ),
  pixelAffine: one((inn) => inn.pixelAffine()),
  'pixelAffine, inverse': one((inn) => inn.pixelAffine({ inverse: true })),
  'reshape, and back': {
    layers: ({ inn }) => [
      inn.reshape({ to: [2, 8] }),
      inn.reshape({ to: [2, 8], from: [2, 2, 4], inverse: true }),
    ],
  },
  reverseChannels: one((inn) => inn.reverseChannels()),
  'scaling, bytes': one((inn) => inn.scaling({ scale: 2 / 255, shift: -1 }), { within: [0, 255] }),
  'scaling, by channels': one((inn) => inn.scaling({ scale: [3, -0.2, 1, 0.5], shift: [0, 1, -2, 0.1] })),
  'scaling, by channels, inverse': one((inn) =>
    inn.scaling({ scale: [3, -0.2, 1, -0.3], shift: 0.3, inverse: true }),
  ),
  sigmoid: one((inn) => inn.sigmoid()),
  'sigmoid, within a range, inverse': one((inn) => inn.sigmoid({ low: -2, high: 3, inverse: true }), {
    within: [-1.9, 2.9],
  }),
  softplus: one((inn) => inn.softplus()),
  'softplus, inverse': one((inn) => inn.softplus({ inverse: true }), { within: [0.01, 3] }),
  'split around a coupling': one((inn) =>
    inn.split({ keep: 3, layers: [inn.actNorm(), inn.affineCoupling({ hidden, split: 1, seed: 2 })] }),
  ),
  'splits within splits, frozen inside': one((inn) =>
    inn.split({
      layers: [inn.squeeze(), inn.split({ layers: [inn.conv1x1({ seed: 3, trainable: false })] })],
    }),
  ),
  'split, inverse': one((inn) => inn.split({ inverse: true, shape: [2, 2, 4], layers: [inn.actNorm()] }), {
    shape: [16],
  }),
  'squeeze, checkerboard': one((inn) => inn.squeeze()),
  'squeeze, patch, volume': one((inn) => inn.squeeze({ pattern: 'patch' }), { shape: volume }),
  'squeeze, column, inverse': one((inn) => inn.squeeze({ pattern: 'column', inverse: true })),
  waveletSqueeze: one((inn) => inn.waveletSqueeze(), { shape: [4, 2, 2] }),
  'waveletSqueeze, sym5, line': one((inn) => inn.waveletSqueeze({ wavelet: 'sym5' }), { shape: line }),
  'waveletSqueeze, coif3, inverse': one((inn) => inn.waveletSqueeze({ wavelet: 'coif3', inverse: true })),
  'a flow of many layers': {
    layers: ({ inn }) => [
      inn.logit({ alpha: 0.01 }),
      inn.squeeze(),
      ...[0, 1].flatMap((seed) => [
        inn.actNorm(),
        inn.conv1x1({ seed }),
        inn.affineCoupling({ hidden, seed, flip: seed === 1 }),
      ]),
      inn.split({ layers: [inn.actNorm(), inn.hintCoupling({ hidden, leaf: 2, permute: 'full' })] }),
    ],
    shape: [4, 4, 1],
    within: [0, 1],
  },
};
