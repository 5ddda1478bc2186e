import type { Bijection } from '../bijection';
import { defineBijection } from '../define';
import { seed as seedRule, whole } from '../options';
import { mostLayers } from './alternating';
import {
  type HintCouplingOptions,
  type HintPermutation,
  hintCoupling,
  hintCouplingRules,
} from './hint-coupling';
import { type NormOptions, normChanges, normRules, repeated } from './repeated';

/** The options besides these are those of `hintCoupling`. */
export interface HintOptions extends HintCouplingOptions, NormOptions {
  /** Number of couplings. Default 4. */
  layers?: number;
  /** How each coupling mixes channels, as for `hintCoupling`. Default 'full'. */
  permute?: HintPermutation;
  /** Seed of draws that stay fixed, such as the permutations of mixing 'lu'. Default 0. */
  seed?: number;
}

/**
 * HINT: recursive couplings one after the other.
 *
 *     layer   x ↦ hint(actNorm(x) W)      log|det J| = Σ over layers
 *
 * x: [batch, …spatial, channels ≥ 2].   Kruse et al. 2021, arXiv:1905.10687.
 *
 * ```ts
 * const flow = core.hint({ layers: 3, hidden: 16, leaf: 1 });
 * const w = core.createWeights(flow, [1, 6]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 6]), w);
 * ```
 */
export const hint = defineBijection(
  {
    className: 'InvertibleHint',
    source: 'Kruse et al. 2021, 3.1',
    logDet: 'Σ over layers',
    seeded: true,
    changedDefaults: normChanges,
    options: { ...hintCouplingRules, layers: whole(1, mostLayers), ...normRules, seed: seedRule },
  },
  ({ layers = 4, norm, centred, permute = 'full', mixing, seed = 0, ...rest }: HintOptions): Bijection =>
    repeated(layers, { norm, centred }, (k) =>
      hintCoupling({ ...rest, permute, mixing: { seed: seed + k, ...mixing } }),
    ),
);
