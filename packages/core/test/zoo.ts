import * as core from '@invertible/core';
import * as law from '@invertible/core/testing';
import { smooth } from './smooth';
import { turned } from './turned';

const shapes = {
  '4 features': [3, 4],
  'a line of 6 × 4': [2, 6, 4],
  'an image of 4 × 4 × 4': [2, 4, 4, 4],
  'a volume of 2 × 4 × 2 × 2': [2, 2, 4, 2, 2],
} as const;

const fourChannels = {
  '4 features': [3, 4],
  'an image of 4 × 2 × 4': [2, 4, 2, 4],
  'a volume of 2 × 2 × 2 × 4': [2, 2, 2, 2, 4],
} as const;

interface Entry {
  make: () => core.Bijection;
  /** Numbers of spatial axes it is tried on. Default: all. */
  axes?: readonly number[];
  /** The shapes it is tried on, instead of the usual ones. */
  on?: Record<string, readonly number[]>;
  /** A condition: a vector of 3 numbers, or 2 channels at every pixel. */
  given?: 'vector' | 'image';
  /** No kinks: the Taylor remainder has an order. Default true. */
  smooth?: boolean;
}

/** Every bijection. A new one is one line more. */
const zoo: Record<string, Entry> = {
  actNorm: { make: () => core.actNorm() },
  conv1x1: { make: () => core.conv1x1() },
  'conv1x1, one reflection': { make: () => core.conv1x1({ reflections: 1 }) },
  'conv1x1, as many reflections as channels': { make: () => core.conv1x1({ reflections: 9 }) },
  'conv1x1, lu': { make: () => core.conv1x1({ kind: 'lu', seed: 5 }) },
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
  additiveCoupling: { make: () => core.additiveCoupling({ hidden: 5 }), smooth: false },
  affineCoupling: { make: () => core.affineCoupling({ hidden: 5 }), smooth: false },
  'affineCoupling, flipped, 1 channel stays': {
    make: () => core.affineCoupling({ hidden: 5, split: 1, flip: true }),
    smooth: false,
  },
  'affineCoupling, given a vector': {
    make: () => core.affineCoupling({ hidden: 5 }),
    given: 'vector',
    smooth: false,
  },
  'additiveCoupling, smooth': { make: () => core.additiveCoupling({ conditioner: smooth }) },
  'affineCoupling, smooth': { make: () => core.affineCoupling({ conditioner: smooth, flip: true }) },
  'affineCoupling, scale within [0.5, 1.5]': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'sigmoid' }),
  },
  'affineCoupling, scale 2σ': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'doubleSigmoid' }),
  },
  'affineCoupling, scale by atan': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'atan' }),
  },
  'affineCoupling, scale by expClamp': {
    make: () => core.affineCoupling({ conditioner: smooth, scale: 'expClamp', clamp: 1 }),
  },
  'affineCoupling, volume preserving': {
    make: () => core.affineCoupling({ conditioner: smooth, volumePreserving: true }),
    axes: [0, 1, 2],
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
  // Not on vectors with so small a move: the gradient of its mixing, there and back, is a difference of nearly equal terms.
  irimCoupling: { make: () => core.irimCoupling({ hidden: 4 }), axes: [1, 2, 3], smooth: false },
  'irimCoupling, smooth': { make: () => core.irimCoupling({ conditioner: smooth }) },
  'irimCoupling of two dilations, given an image': {
    make: () => core.irimCoupling({ hidden: 3, dilations: [1, 2], gated: false }),
    axes: [1, 2, 3],
    given: 'image',
    smooth: false,
  },
  'additiveCoupling, a smooth uNet': {
    make: () =>
      core.additiveCoupling({ conditioner: { kind: 'uNet', hidden: 2, levels: 1, activation: 'tanh' } }),
    axes: [1, 2, 3],
  },
  'affineCoupling, a smooth residual block of stride 2, given a vector': {
    make: () =>
      core.affineCoupling({
        conditioner: { kind: 'residual', hidden: 3, stride: 2, gated: true, activation: 'softplus' },
      }),
    axes: [1, 2, 3],
    given: 'vector',
  },
  splineCoupling: { make: () => core.splineCoupling({ bins: 4, conditioner: smooth }), smooth: false },
  'splineCoupling in a wide box': {
    make: () => core.splineCoupling({ bound: 6, hidden: 5 }),
    smooth: false,
    axes: [0, 2],
  },
  momentum: { make: () => core.momentum({ conditioner: smooth }) },
  'momentum, γ = 1': { make: () => core.momentum({ hidden: 4, gamma: 1 }), smooth: false },
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
  pixelAffine: { make: () => core.pixelAffine() },
  'scaling, bytes to [−1, 1]': { make: () => core.scaling({ scale: 2 / 255, shift: -1 }) },
  'scaling, by channels': {
    make: () => core.scaling({ scale: [3, -0.2, 1, 0.5], shift: [0, 1, -2, 0.1] }),
    on: { '4 features': [3, 4], 'a volume of 2 × 4 × 2 × 4': [2, 2, 4, 2, 4] },
  },
  'batchNorm at inference': { make: () => core.batchNorm() },
  leakyRelu: { make: () => core.leakyRelu(), smooth: false },
  'sigmoid within (−2, 3)': { make: () => core.sigmoid({ low: -2, high: 3 }) },
  softplus: { make: () => core.softplus() },
  arctan: { make: () => core.arctan({ clamp: 2 }) },
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
  'inverse of logit': { make: () => core.reverse(core.logit({ alpha: 0.05 })) },
  'squeeze, checkerboard': { make: () => core.squeeze(), axes: [1, 2, 3] },
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
};

export interface Case {
  name: string;
  /** Name of its entry in the zoo. */
  of: string;
  /** Number of spatial axes of x. */
  axes: number;
  reversed: boolean;
  /** The laws that it has to keep. */
  keeps: law.LawName[];
  sample(): law.Sample;
}

/** Every entry on every shape that it takes, and its reverse there. */
export const cases: Case[] = Object.entries(zoo).flatMap(([name, entry]) => {
  const { make, axes = [0, 1, 2, 3], on = shapes, given, smooth = true } = entry;
  const keeps = (Object.keys(law.laws) as law.LawName[]).filter((key) => smooth || key !== 'taylor');
  return Object.entries(on)
    .filter(([, shape]) => axes.includes(shape.length - 2))
    .flatMap(([where, shape]) => {
      const condition = given && (given === 'vector' ? [shape[0]!, 3] : [...shape.slice(0, -1), 2]);
      const sample = () => law.sample(make(), shape, condition ? { condition } : {});
      const common = { of: name, axes: shape.length - 2, keeps };
      return [
        { ...common, name: `${name} on ${where}`, reversed: false, sample },
        {
          ...common,
          name: `reverse of ${name} on ${where}`,
          reversed: true,
          sample: () => law.reversed(sample()),
        },
      ];
    });
});
