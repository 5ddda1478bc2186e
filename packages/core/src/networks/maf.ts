import type { Bijection } from '../bijection';
import { autoregressive, type MaskedOptions, maskedRules } from '../bijections/autoregressive';
import { defineBijection } from '../define';
import { defined, oneOf, type Rules, seed as seedRule, whole } from '../options';
import { mostLayers } from './alternating';
import { type Norm, normRule, repeated } from './repeated';

/** The options besides these are those of `autoregressive`. */
export interface MafOptions extends MaskedOptions {
  /** Number of autoregressive maps. Default 5. */
  layers?: number;
  /** In which order the channels come: every other map from the last on, or each at random. Default 'reversed'. */
  order?: 'reversed' | 'random';
  /** What comes before each map: 'actNorm', set from the first batch, or 'none'. Default 'actNorm'. */
  norm?: Norm;
  /** Seed of the random orders. Default 0. */
  seed?: number;
}

export const mafRules: Rules<MafOptions> = {
  ...maskedRules,
  layers: whole(1, mostLayers),
  order: oneOf('reversed', 'random'),
  norm: normRule,
  seed: seedRule,
};

/** Autoregressive maps one after the other, their orders turned or drawn. */
export const autoregressions = ({ layers = 5, order, norm, seed = 0, ...options }: MafOptions): Bijection =>
  repeated(layers, defined({ norm }), (k) => {
    const turned = k % 2 === 1 ? 'reversed' : 'natural';
    return autoregressive({ ...options, order: order === 'random' ? order : turned, seed: seed + k });
  });

/**
 * Masked autoregressive flow: density in one pass, samples in D.
 *
 *     layer   x ↦ autoregressive(actNorm(x)), its order turned in every other one      log|det J| = Σ over layers
 *
 * A gradient rebuilds x in D passes of each layer, in flat memory; with `gradient: 'recomputed'`, which keeps x, or 'stored' training
 * takes one pass of each.
 * x: [batch, …spatial, channels], a single feature too.   Papamakarios et al. 2017, arXiv:1705.07057, section 3.
 *
 * ```ts
 * const flow = core.maf({ layers: 3, hidden: 16 });
 * const w = core.createWeights(flow, [1, 6]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 6]), w);
 * ```
 */
export const maf = defineBijection(
  {
    className: 'InvertibleMaf',
    source: 'Papamakarios et al. 2017, 3',
    logDet: 'Σ over layers',
    seeded: true,
    options: mafRules,
  },
  (options: MafOptions): Bijection => autoregressions(options),
);
