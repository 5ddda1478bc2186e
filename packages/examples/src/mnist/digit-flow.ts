import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import { pixels } from './data';

export interface DigitFlowOptions {
  /** Steps with splines on 14 × 14 pixels of 4 channels. Default 2. */
  fine?: number;
  /** Affine steps on 7 × 7 pixels of 16 channels. Default 5. */
  coarse?: number;
  /** Hidden channels of each coupling. Default 32. */
  hidden?: number;
  seed?: number;
}

const { seed: seedRule, whole } = core.rules;

/** Where black ends, and how much of [0, 1] it fills in the end: p of all values from 0.9 to 0.95 were best. */
const [black, share] = [1 / 256, 0.93];
const slope = (1 - share) / (1 - black);

/**
 * Stretches black before the logit, x within [0, 1]:
 *
 *     x ↦ 0.93·x/k for x < k = 1/256, 0.93 + 0.07·(x − k)/(1 − k) above; then log x − log(1 − x)
 *
 * Four of five pixels are black: with the noise of dequantisation they are uniform on [0, k). The logit alone makes of that an
 * exponential tail far from the strokes, which a Gaussian pays with 0.6 bits for each of them; stretched, it is near a Gaussian beside
 * the strokes.
 */
const stretched = (): core.Bijection[] => [
  core.scaling({ scale: slope, shift: -black * slope }),
  core.leakyRelu({ slope: share / black / slope }),
  core.scaling({ shift: share }),
  core.logit(),
];

/**
 * A flow of handwritten digits given their class.
 *
 *     x ↦ stretched logit ↦ squeeze ↦ fine spline steps ↦ squeeze ↦ coarse affine steps ↦ flatten
 *     step   h ↦ coupling(actNorm(h) W; c)
 *
 * Splines are for what one pixel may be, black or stroke with little between, and cost the more the larger the image; most
 * convolutions are at 7 × 7 pixels, where they are cheap and see the whole digit. Every coupling reads an image that a dense layer makes of the
 * class, so that it knows where a pixel is.   [batch, 28, 28, 1], c: [batch, 10] → [batch, 784]
 * Durkan et al. 2019, arXiv:1906.04032; Kingma & Dhariwal 2018, arXiv:1807.03039.
 */
export const digitFlow = core.defineBijection<DigitFlowOptions>(
  {
    className: 'InvertibleDigitFlow',
    source: 'Kingma & Dhariwal 2018, 3',
    logDet: 'Σ over the steps',
    axes: [2],
    seeded: true,
    options: { fine: whole(1), coarse: whole(1), hidden: whole(1), seed: seedRule },
  },
  ({ fine = 2, coarse = 5, hidden = 32, seed = 0 }: DigitFlowOptions) => {
    const net = { conditioner: { kind: 'conditionalResidual', hidden, inner: 1 } } as const;
    const steps = (count: number, first: number, coupling: () => core.Bijection) =>
      Array.from({ length: count }, (_, k) => [
        core.actNorm(),
        core.conv1x1({ seed: seed + first + k }),
        coupling(),
      ]).flat();
    return core.chain([
      ...stretched(),
      core.squeeze(),
      ...steps(fine, 0, () => core.splineCoupling({ ...net, bins: 4, bound: 4 })),
      core.squeeze(),
      ...steps(coarse, fine, () => core.affineCoupling(net)),
      core.flatten({ from: [7, 7, pixels / 49] }),
    ]);
  },
);

/** As a layer, which files know by its name. */
export const digitFlowLayer = inn.layer(digitFlow);
