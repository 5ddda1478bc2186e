import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { forChannels, weightsPer } from '../engines/sources';
import {
  type RationalQuadraticOptions,
  rationalQuadratic,
  rationalQuadraticRules,
} from '../transformers/rational-quadratic';
import { listsOf } from '../transformers/tails';

/**
 * A monotone rational-quadratic spline per channel, which also bends a single feature to any distribution.
 *
 *     y = spline(x; h),  h per channel      log|det J| = Σ log spline′      x = spline⁻¹(y; h)
 *
 * Each spline acts on [−bound, bound], or on bounds of its own; outside it is the identity, unless its tails say otherwise. Fresh it is
 * the identity everywhere: standardise data first.
 * x: [batch, …spatial, channels].   Durkan et al. 2019, arXiv:1906.04032, eq. 4–8.
 *
 * ```ts
 * const flow = core.chain([core.standardize(), core.spline({ bins: 16, bound: 4 })]); // p(x) of one feature
 * const w = core.initialize(flow, tf.randomNormal([100, 1], 5, 2));
 * const { x } = flow.inverse(tf.randomNormal([1000, 1]), w); // samples
 * ```
 */
export const spline = defineBijection(
  {
    className: 'InvertibleSpline',
    source: 'Durkan et al. 2019, eq. 4–8',
    logDet: 'Σ log spline′',
    options: rationalQuadraticRules,
  },
  (options: RationalQuadraticOptions, name) => {
    const phi = rationalQuadratic(options);
    return forChannels(elementwise(name, phi, weightsPer('channel', phi.parameters)), listsOf(options));
  },
);
