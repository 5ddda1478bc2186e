import type { Bijection } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import { pixelAffine } from '../bijections/pixel-affine';
import { chain } from '../combinators/chain';
import { conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import type { CouplingOptions } from '../engines/coupling';
import type { HalvesOptions } from '../engines/halves';
import { defined } from '../options';
import { type AlternatingOptions, alternating, alternatingRules } from './alternating';
import { normChanges } from './repeated';

export interface NiceOptions extends AlternatingOptions, Omit<CouplingOptions, keyof HalvesOptions> {}

/**
 * NICE: additive couplings in turn, which preserve volume, and a scale for every number at the end.
 *
 *     y = eˡ ⊙ f(x) + b      log|det J| = Σ l, and those of ActNorm or mixing where they are asked for
 *
 * x: [batch, features ≥ 2], or any tensor whose channels are the features.   Dinh et al. 2014, arXiv:1410.8516, section 5.1.
 *
 * ```ts
 * const flow = core.nice({ hidden: 16 });
 * const w = core.createWeights(flow, [1, 3]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 3]), w);
 * ```
 */
export const nice = defineBijection(
  {
    className: 'InvertibleNice',
    source: 'Dinh et al. 2014, 5.1',
    logDet: 'Σ log s',
    seeded: true,
    changedDefaults: normChanges,
    options: { ...conditionerRules, ...alternatingRules },
  },
  ({ layers = 4, norm = 'none', centred, mixing, seed, ...options }: NiceOptions, name): Bijection => {
    const turns = { layers, norm, ...defined({ centred, mixing, seed }) };
    const couplings = alternating(name, turns, (sides) => additiveCoupling({ ...options, ...sides }));
    return chain([couplings, pixelAffine()], { keys: ['layers', 'scale'] });
  },
);
