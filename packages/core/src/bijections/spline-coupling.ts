import { defineBijection } from '../define';
import { type CouplingOptions, coupling, couplingRules } from '../engines/coupling';
import {
  type RationalQuadraticOptions,
  rationalQuadratic,
  rationalQuadraticRules,
} from '../transformers/rational-quadratic';

export interface SplineCouplingOptions extends CouplingOptions, RationalQuadraticOptions {}

/**
 * Neural spline coupling: one half of the channels moves the other half by monotone rational-quadratic splines.
 *
 *     y₁ = x₁      y₂ = spline(x₂; h(x₁))      log|det J| = Σ log spline′      x₂ = spline⁻¹(y₂; h(y₁))
 *
 * Each spline acts on [−bound, bound]; outside it is the identity.
 * x: [batch, …spatial, channels ≥ 2].   Durkan et al. 2019, arXiv:1906.04032, eq. 4–8.
 */
export const splineCoupling = defineBijection(
  {
    className: 'InvertibleSplineCoupling',
    source: 'Durkan et al. 2019, eq. 4–8',
    logDet: 'Σ log spline′',
    options: { ...couplingRules, ...rationalQuadraticRules },
  },
  (options: SplineCouplingOptions, name) => coupling(name, rationalQuadratic(options), options),
);
