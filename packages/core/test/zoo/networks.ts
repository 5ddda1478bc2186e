import * as core from '@invertible/core';
import { casesOf, mixedTails } from './case';

const small = { steps: 1, hidden: 4, activation: 'tanh' } as const;
const image = [2, 4, 4, 1];

/**
 * Every network with every option worth trying, as small as it can be. Some have a lower clamp: with random weights a map is
 * ill conditioned, and rounding grows with that.
 */
export const networks = casesOf({
  glow: { make: () => core.glow({ ...small, shape: [4, 4, 1] }), on: image },
  'glow without splits': {
    make: () => core.glow({ ...small, split: false, squeeze: 'haar' }),
    on: image,
  },
  'glow of one scale, its latent flat': {
    make: () => core.glow({ ...small, shape: [2, 2, 3], scales: 1, squeeze: 'none' }),
    on: [2, 2, 2, 3],
  },
  'glow of three scales': {
    make: () => core.glow({ hidden: 3, steps: 1, shape: [8, 8, 1], scales: 3, squeeze: { wavelet: 'db2' } }),
    on: [1, 8, 8, 1],
    smooth: false,
  },
  'glow on lines, no priors, lu': {
    make: () =>
      core.glow({ ...small, shape: [8, 1], prior: 'none', mixing: { kind: 'lu' }, squeeze: 'column' }),
    on: [2, 8, 1],
  },
  'glow on volumes': {
    make: () => core.glow({ ...small, shape: [4, 4, 4, 1], coupling: 'additive', squeeze: 'patch' }),
    on: [1, 4, 4, 4, 1],
  },
  'glow on vectors': { make: () => core.glow({ ...small, shape: [5] }), on: [3, 5] },
  'glow on vectors, three scales, no norm': {
    make: () => core.glow({ ...small, shape: [7], scales: 3, norm: 'none', scale: 'sigmoid' }),
    on: [3, 7],
  },
  'glow of resNets': {
    make: () =>
      core.glow({
        steps: 1,
        shape: [4, 4, 1],
        clamp: 1,
        conditioner: { kind: 'resNet', hidden: 3, blocks: 1 },
      }),
    on: image,
    smooth: false,
  },
  'conditionalGlow, given a vector': {
    make: () => core.conditionalGlow({ ...small, shape: [4, 4, 1] }),
    on: image,
    given: [2, 3],
  },
  'conditionalGlow, given an image': {
    make: () => core.conditionalGlow({ ...small, shape: [4, 4, 1] }),
    on: image,
    given: [2, 4, 4, 2],
  },
  'conditionalGlow without splits, the condition as it is': {
    make: () => core.conditionalGlow({ ...small, split: false, squeeze: 'haar', conditionNorm: 'none' }),
    on: image,
    given: [2, 4, 4, 1],
  },
  'conditionalGlow on vectors': {
    make: () => core.conditionalGlow({ ...small, shape: [4] }),
    on: [3, 4],
    given: [3, 2],
  },
  realNvp: { make: () => core.realNvp({ layers: 3, hidden: 4, activation: 'tanh' }), on: [3, 5] },
  'realNvp, permuted, given a vector': {
    make: () => core.realNvp({ layers: 2, hidden: 4, mixing: { kind: 'permutation' }, norm: 'none' }),
    on: [3, 4],
    given: [3, 2],
    smooth: false,
  },
  nice: { make: () => core.nice({ hidden: 4, activation: 'softplus' }), on: [3, 5] },
  maf: { make: () => core.maf({ layers: 2, hidden: 5, activation: 'tanh' }), on: [3, 4] },
  'maf of splines in random orders, given a vector': {
    make: () => core.maf({ layers: 2, hidden: 5, order: 'random', transformer: { kind: 'spline', bins: 4 } }),
    on: [3, 4],
    given: [3, 2],
    smooth: false,
  },
  'maf of images': {
    make: () => core.maf({ layers: 2, hidden: 5, activation: 'tanh', norm: 'none' }),
    on: [2, 2, 3, 3],
  },
  splineFlow: { make: () => core.splineFlow({ layers: 2, hidden: 5, bins: 4 }), on: [3, 5], smooth: false },
  'splineFlow of bounded, circular and unbounded features': {
    make: () => core.splineFlow({ layers: 3, hidden: 5, bins: 4, ...mixedTails }),
    on: [3, 4],
    smooth: false,
  },
  'splineFlow of autoregressive maps of one circular feature, given a vector': {
    make: () =>
      core.splineFlow({
        kind: 'autoregressive',
        layers: 2,
        hidden: 5,
        bins: 4,
        tails: 'circular',
        bounds: [-6, 6],
      }),
    on: [4, 1],
    given: [4, 2],
    smooth: false,
  },
  iaf: { make: () => core.iaf({ layers: 2, hidden: 5, activation: 'tanh' }), on: [3, 4] },
  residualFlow: {
    make: () => core.residualFlow({ layers: 2, hidden: 5, coefficient: 0.6 }),
    on: [3, 4],
  },
  'residualFlow of images, given a vector': {
    make: () => core.residualFlow({ layers: 2, hidden: 4, coefficient: 0.5, norm: 'none', logDet: 'series' }),
    on: [2, 2, 3, 2],
    given: [2, 3],
    estimated: true,
  },
  jet: {
    make: () => core.jet({ layers: 2, channelwise: 1, blocks: 1, hidden: 4, heads: 2, patch: 2 }),
    on: image,
  },
  'jet of the scale of the paper, given an image': {
    // Layer norms of fewer channels bend too much for the differences that second gradients are held against.
    make: () =>
      core.jet({ layers: 2, channelwise: 0, blocks: 1, hidden: 8, heads: 1, patch: 1, scale: 'openSigmoid' }),
    on: [2, 2, 3, 2],
    given: [2, 2, 3, 1],
  },
  'jet of volumes': {
    make: () => core.jet({ layers: 1, channelwise: 0, blocks: 1, hidden: 4, heads: 2, patch: 2 }),
    on: [1, 4, 2, 2, 1],
  },
  hint: { make: () => core.hint({ layers: 2, hidden: 3, leaf: 1, activation: 'tanh' }), on: [3, 6] },
  'hint on images, mixed below, given a vector': {
    make: () => core.hint({ layers: 2, hidden: 3, permute: 'lower' }),
    on: [2, 2, 2, 6],
    given: [2, 2],
    smooth: false,
  },
  multiscaleHint: { make: () => core.multiscaleHint({ ...small, shape: [4, 4, 1] }), on: image },
  'multiscaleHint on volumes': {
    make: () => core.multiscaleHint({ ...small, shape: [4, 2, 2, 1], scales: 1 }),
    on: [1, 4, 2, 2, 1],
  },
  'conditionalHint, both lanes': {
    make: () => core.conditionalHint({ layers: 2, hidden: 3, activation: 'tanh', leaf: 1, clamp: 1 }),
    on: [3, 6],
  },
  'conditionalHint of 3 + 2 channels': {
    make: () => core.conditionalHint({ layers: 2, hidden: 3, split: 2, norm: 'none' }),
    on: [2, 2, 2, 5],
    smooth: false,
  },
  'conditionalHint, lane of x given y': {
    make: () =>
      core.conditionalHint({ layers: 2, hidden: 3, lane: 'x', activation: 'tanh', mixing: { kind: 'lu' } }),
    on: [3, 3],
    given: [3, 3],
    idle: true,
  },
  'conditionalHint, lane of 3 channels given 2': {
    make: () => core.conditionalHint({ layers: 2, hidden: 4, lane: 'x', split: 2 }),
    on: [2, 2, 2, 3],
    given: [2, 2, 2, 2],
    idle: true,
    smooth: false,
  },
  'conditionalHint, lane of y': {
    make: () => core.conditionalHint({ layers: 2, hidden: 3, lane: 'y', activation: 'tanh' }),
    on: [3, 4],
  },
  'multiscaleConditionalHint, both lanes': {
    make: () => core.multiscaleConditionalHint({ ...small, shape: [4, 4, 1], clamp: 1 }),
    on: [2, 4, 4, 2],
  },
  'multiscaleConditionalHint, lane of x given y': {
    make: () => core.multiscaleConditionalHint({ ...small, shape: [4, 4, 1], lane: 'x', clamp: 1 }),
    on: image,
    given: image,
    idle: true,
  },
  'multiscaleConditionalHint of lines, lane of x without splits': {
    make: () =>
      core.multiscaleConditionalHint({ ...small, scales: 1, lane: 'x', split: false, squeeze: 'column' }),
    on: [2, 4, 2],
    given: [2, 4, 2],
    idle: true,
  },
  'realNvp, given a set': {
    make: () =>
      core.embedCondition(
        core.realNvp({ layers: 2, hidden: 4, activation: 'tanh' }),
        core.deepSet({ hidden: 4, out: 3, activation: 'tanh' }),
      ),
    on: [3, 4],
    given: [3, 5, 2],
  },
  'glow, given an image through a network': {
    make: () =>
      core.embedCondition(
        core.conditionalGlow({ ...small, shape: [4, 4, 1] }),
        core.summaryNetwork({ kind: 'conv', hidden: 3 }, 2),
      ),
    on: image,
    given: [2, 4, 4, 1],
    smooth: false,
  },
});
