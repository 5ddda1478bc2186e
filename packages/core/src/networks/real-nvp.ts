import type { Bijection } from '../bijection';
import {
  type AffineCouplingOptions,
  affineCoupling,
  innerCouplingRules,
} from '../bijections/affine-coupling';
import { defineBijection } from '../define';
import type { HalvesOptions } from '../engines/halves';
import { defined } from '../options';
import { type AlternatingOptions, alternating, alternatingRules } from './alternating';
import { normChanges } from './repeated';

export interface RealNvpOptions
  extends AlternatingOptions,
    Omit<AffineCouplingOptions, keyof HalvesOptions> {}

/**
 * RealNVP for vectors: affine couplings; each moves the half that the one before it kept.
 *
 *     layer   x ↦ coupling(actNorm(x))      log|det J| = Σ over layers
 *
 * x: [batch, features ≥ 2], or any tensor whose channels are the features.   Dinh et al. 2017, arXiv:1605.08803, sections 3.2–3.5.
 *
 * ```ts
 * const flow = core.realNvp({ layers: 4, hidden: 16 });
 * const w = core.createWeights(flow, [1, 2]);
 * const { x, logDet } = flow.inverse(tf.randomNormal([100, 2]), w);
 * ```
 */
export const realNvp = defineBijection(
  {
    className: 'InvertibleRealNvp',
    source: 'Dinh et al. 2017, 3.2–3.5',
    logDet: 'Σ over layers',
    seeded: true,
    changedDefaults: normChanges,
    options: { ...innerCouplingRules, ...alternatingRules },
  },
  ({ layers = 8, norm, centred, mixing, seed, ...options }: RealNvpOptions, name): Bijection =>
    alternating(name, { layers, ...defined({ norm, centred, mixing, seed }) }, (sides) =>
      affineCoupling({ ...options, ...sides }),
    ),
);
