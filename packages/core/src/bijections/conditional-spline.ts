import { type ConditionerOptions, conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import { ofCondition } from '../engines/of-condition';
import { forChannels } from '../engines/sources';
import {
  type RationalQuadraticOptions,
  rationalQuadratic,
  rationalQuadraticRules,
} from '../transformers/rational-quadratic';
import { listsOf } from '../transformers/tails';

/** The network is one of the condition. */
export interface ConditionalSplineOptions extends RationalQuadraticOptions, ConditionerOptions {}

/**
 * Conditional splines: the condition moves every channel of x, also a single one, by a monotone rational-quadratic spline.
 *
 *     y = spline(x; h(c))      log|det J| = Σ log spline′  per sample      x = spline⁻¹(y; h(c))
 *
 * Each spline acts on [−bound, bound], or on bounds of its own; outside it is the identity, unless its tails say otherwise.
 * x: [batch, …spatial, channels]; c: [batch, features], the same at every pixel, or [batch, …spatial, features].
 * Durkan et al. 2019, arXiv:1906.04032, eq. 4–8; Winkler et al. 2019, arXiv:1912.00042.
 *
 * ```ts
 * const flow = core.chain([core.standardize(), core.conditionalSpline({ hidden: 16 })]); // p(x | c) of one feature
 * const [x, c] = [tf.randomNormal([100, 1], 5, 2), tf.randomNormal([100, 3])];
 * const w = core.initialize(flow, x, { condition: c });
 * const { y, logDet } = flow.forward(x, w, c);
 * ```
 */
export const conditionalSpline = defineBijection(
  {
    className: 'InvertibleConditionalSpline',
    source: 'Durkan et al. 2019, eq. 4–8',
    logDet: 'Σ log spline′',
    options: { ...conditionerRules, ...rationalQuadraticRules },
  },
  (options: ConditionalSplineOptions, name) =>
    forChannels(ofCondition(name, rationalQuadratic(options), options), listsOf(options)),
);
