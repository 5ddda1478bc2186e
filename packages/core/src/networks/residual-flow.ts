import type { Bijection } from '../bijection';
import {
  type ContractiveResidualOptions,
  contractiveResidual,
  residualRules,
} from '../bijections/contractive-residual';
import { defineBijection } from '../define';
import { defined, whole } from '../options';
import { childSeed } from '../random';
import { mostLayers } from './alternating';
import { type Norm, normRule, repeated } from './repeated';

/** The options besides these are those of `contractiveResidual`. */
export interface ResidualFlowOptions extends ContractiveResidualOptions {
  /** Number of residual blocks. Default 4. */
  layers?: number;
  /** What comes before each block: 'actNorm', set from the first batch, or 'none'. Default 'actNorm'. */
  norm?: Norm;
}

/**
 * Residual flow: contractions added to what they read, one after the other, with nothing that stays or is masked.
 *
 *     layer   x ↦ contractiveResidual(actNorm(x))      log|det J| = Σ over layers
 *
 * Density in one pass, samples by fixed points. Memory is flat in the number of blocks, whose inputs the fixed points give back.
 * x: [batch, …spatial, channels], a single feature too.   Chen et al. 2019, arXiv:1906.02735.
 *
 * ```ts
 * const flow = core.residualFlow({ layers: 2, hidden: 16 });
 * const w = core.createWeights(flow, [1, 3]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 3]), w);
 * const { x } = flow.inverse(y, w);
 * ```
 */
export const residualFlow = defineBijection(
  {
    className: 'InvertibleResidualFlow',
    source: 'Chen et al. 2019',
    logDet: 'Σ over layers',
    seeded: true,
    options: { ...residualRules, layers: whole(1, mostLayers), norm: normRule },
  },
  ({ layers = 4, norm, seed = 0, ...options }: ResidualFlowOptions): Bijection =>
    repeated(layers, defined({ norm }), (k) =>
      contractiveResidual({ ...options, seed: childSeed(seed, k, 'member') }),
    ),
);
