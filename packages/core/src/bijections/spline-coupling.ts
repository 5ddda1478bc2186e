import { defineBijection } from '../define';
import { type CouplingOptions, coupling, couplingRules } from '../engines/coupling';
import { forChannels } from '../engines/sources';
import {
  type RationalQuadraticOptions,
  rationalQuadratic,
  rationalQuadraticRules,
} from '../transformers/rational-quadratic';
import { listsOf, someTails } from '../transformers/tails';

export interface SplineCouplingOptions extends CouplingOptions, RationalQuadraticOptions {}

/**
 * Neural spline coupling: one half of the channels moves the other half by monotone rational-quadratic splines.
 *
 *     y₁ = x₁      y₂ = spline(x₂; h(x₁))      log|det J| = Σ log spline′      x₂ = spline⁻¹(y₂; h(y₁))
 *
 * Each spline acts on [−bound, bound], or on bounds of its own; outside it is the identity, unless its tails say otherwise. Lists of
 * tails and bounds have one for each channel of x, those that stay, too.
 * x: [batch, …spatial, channels ≥ 2].   Durkan et al. 2019, arXiv:1906.04032, eq. 4–8.
 */
export const splineCoupling = defineBijection(
  {
    className: 'InvertibleSplineCoupling',
    source: 'Durkan et al. 2019, eq. 4–8',
    logDet: 'Σ log spline′',
    options: { ...couplingRules, ...rationalQuadraticRules },
  },
  (options: SplineCouplingOptions, name) => {
    const { split, flip = false, stays } = options;
    const moved = <T>(list: readonly T[]) => {
      if (stays) return list.filter((_, i) => !stays.includes(i));
      const kept = split ?? list.length / 2;
      return flip ? list.slice(0, list.length - kept) : list.slice(kept);
    };
    const phi = rationalQuadratic({ ...options, ...someTails(options, moved) });
    return forChannels(coupling(name, phi, options), listsOf(options));
  },
);
