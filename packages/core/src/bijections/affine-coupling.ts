import { conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import { type CouplingOptions, coupling, couplingRules } from '../engines/coupling';
import { type BoundedAffineOptions, boundedAffine, boundedAffineRules } from '../transformers/bounded-affine';

export interface AffineCouplingOptions extends CouplingOptions, BoundedAffineOptions {}

/** A rule for each of its options, for the recipes that take them too: they decide themselves which half moves. */
export const innerCouplingRules = { ...conditionerRules, ...boundedAffineRules };
export const affineCouplingRules = { ...couplingRules, ...boundedAffineRules };

/**
 * Affine coupling: one half of the channels scales and shifts the other half.
 *
 *     y₁ = x₁                    l, t from h(x₁); l bounded by a scale activation, α·tanh(h_l/α) by default
 *     y₂ = eˡ ⊙ x₂ + t           log|det J| = Σ l      per sample
 *     x₂ = (y₂ − t) ⊙ e⁻ˡ
 *
 * `volumePreserving` takes its mean over the channels from l, so that log|det J| = 0 (GIN).
 * x: [batch, …spatial, channels], channels ≥ 2.   Dinh et al. 2017, arXiv:1605.08803, eq. 7–8; Sorrenson et al. 2020, arXiv:2001.04872.
 */
export const affineCoupling = defineBijection(
  {
    className: 'InvertibleAffineCoupling',
    source: 'Dinh et al. 2017, eq. 7–8',
    logDet: 'Σ log s',
    options: affineCouplingRules,
  },
  (options: AffineCouplingOptions, name) => coupling(name, boundedAffine(options), options),
);
