import { type ConditionerOptions, conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import { ofCondition } from '../engines/of-condition';
import { type BoundedAffineOptions, boundedAffine, boundedAffineRules } from '../transformers/bounded-affine';

/** The network is one of the condition. */
export interface ConditionalAffineOptions extends BoundedAffineOptions, ConditionerOptions {}

/**
 * Conditional affine map: the condition scales and shifts every channel of x. With the condition x₁ it is the affine
 * coupling of two tensors, (x₁, x₂) ↦ (x₁, y₂).
 *
 *     y = eˡ ⊙ x + t,  l, t from h(c)      log|det J| = Σ l  per sample      x = (y − t) ⊙ e⁻ˡ
 *
 * x: [batch, …spatial, channels]; c: [batch, features], the same at every pixel, or [batch, …spatial, features].
 * Ardizzone et al. 2019, arXiv:1907.02392; Winkler et al. 2019, arXiv:1912.00042.
 */
export const conditionalAffine = defineBijection(
  {
    className: 'InvertibleConditionalAffine',
    source: 'Winkler et al. 2019, eq. 7',
    logDet: 'Σ log s',
    options: { ...conditionerRules, ...boundedAffineRules },
  },
  (options: ConditionalAffineOptions, name) => ofCondition(name, boundedAffine(options), options),
);
