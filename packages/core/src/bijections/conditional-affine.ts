import type { Bijection, Shape } from '../bijection';
import { type ConditionerOptions, conditionerFrom, conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { networkOfCondition } from '../engines/network-source';
import { refuse, show } from '../errors';
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
  (options: ConditionalAffineOptions, name): Bijection => {
    const phi = boundedAffine(options);
    const b = elementwise(name, phi, networkOfCondition(conditionerFrom(options), phi.parameters));
    return {
      ...b,
      weights(shape, condition) {
        checkCondition(name, shape, condition);
        return b.weights(shape, condition);
      },
    };
  },
);

function checkCondition(name: string, x: Shape, c: Shape | undefined): void {
  const space = x.slice(1, -1);
  if (c && (c.length === 2 || (c.length === x.length && space.every((n, i) => c[i + 1] === n)))) return;
  const expected = `a condition ${show([null, null])} or ${show([null, ...space, null])}`;
  const remedy = 'Give the condition as the second input: its network is all that moves x.';
  refuse(name, expected, c ? `shape ${show(c)}` : 'none', remedy);
}
