import type { Bijection } from '../bijection';
import { reverse } from '../combinators/reverse';
import { defineBijection } from '../define';
import { autoregressions, type MafOptions, mafRules } from './maf';

/** Options of `maf`. */
export interface IafOptions extends MafOptions {}

/**
 * Inverse autoregressive flow: samples and their density in one pass, the density of given points in D. For fits to a density that is
 * known up to a factor, and other losses of samples.
 *
 *     layer   z ↦ autoregressive(actNorm(z)), from the latent z to x      log|det J| = Σ over layers
 *
 * The reverse of `maf`, with its options.
 * x: [batch, …spatial, channels], a single feature too.   Kingma et al. 2016, arXiv:1606.04934, section 3.
 *
 * ```ts
 * const flow = core.iaf({ layers: 3, hidden: 16 });
 * const w = core.createWeights(flow, [1, 6]);
 * const { x, logDet } = flow.inverse(tf.randomNormal([100, 6]), w);
 * ```
 */
export const iaf = defineBijection(
  {
    className: 'InvertibleIaf',
    source: 'Kingma et al. 2016, 3',
    logDet: 'Σ over layers',
    seeded: true,
    options: mafRules,
  },
  (options: IafOptions): Bijection => reverse(autoregressions(options)),
);
