import {
  type AffineCouplingOptions,
  affineCoupling,
  affineCouplingRules,
} from '../bijections/affine-coupling';
import { type Conv1x1Options, conv1x1 } from '../bijections/conv1x1';
import { chain } from '../combinators/chain';
import { defineBijection } from '../define';
import { optionsOf } from '../options';

export interface GlowCouplingOptions extends AffineCouplingOptions {
  /** The mixing before the coupling, as for `conv1x1`. */
  mixing?: Conv1x1Options;
}

/**
 * The layer of Glow: an invertible 1×1 convolution, then an affine coupling. Given a condition it is the layer of a conditional Glow.
 *
 *     y = coupling(x W; c)      log|det J| = P·log|det W| + Σ l      x = coupling⁻¹(y; c) W⁻¹
 *
 * x: [batch, …spatial, channels], channels ≥ 2.   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3 and table 1.
 */
export const glowCoupling = defineBijection(
  {
    className: 'InvertibleGlowCoupling',
    source: 'Kingma & Dhariwal 2018, table 1',
    logDet: 'P·log|det W| + Σ log s',
    options: { ...affineCouplingRules, mixing: optionsOf('conv1x1') },
  },
  ({ mixing = {}, ...options }: GlowCouplingOptions) =>
    chain([conv1x1(mixing), affineCoupling(options)], { keys: ['mixing', 'coupling'] }),
);
