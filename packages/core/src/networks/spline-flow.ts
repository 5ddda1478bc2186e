import type { Bijection } from '../bijection';
import { type SplineCouplingOptions, splineCoupling } from '../bijections/spline-coupling';
import { conditionerRules } from '../conditioners/conditioner-of';
import { defineBijection } from '../define';
import type { HalvesOptions } from '../engines/halves';
import { refuse } from '../errors';
import { defined, oneOf } from '../options';
import { rationalQuadraticRules } from '../transformers/rational-quadratic';
import { boxesOf } from '../transformers/tails';
import { type AlternatingOptions, alternating, alternatingRules } from './alternating';
import { autoregressions } from './maf';

export interface SplineFlowOptions
  extends Omit<AlternatingOptions, 'centred'>,
    Omit<SplineCouplingOptions, keyof HalvesOptions> {
  /** Couplings, or autoregressive maps, whose order is turned in every other one: these also of one feature. Default 'coupling'. */
  kind?: 'coupling' | 'autoregressive';
  /** Number of layers. Default 4. */
  layers?: number;
  /** What comes before each layer: 'actNorm', set from the first batch, or 'none'. Default 'actNorm', with closed tails 'none'. */
  norm?: 'actNorm' | 'none';
}

const { centred: _, ...rules } = alternatingRules;

/**
 * Neural spline flow: couplings or autoregressive maps of monotone rational-quadratic splines.
 *
 *     layer   x ↦ splineCoupling(actNorm(x)), or autoregressive      log|det J| = Σ over layers
 *
 * Features may be bounded, circular and neither, side by side: `tails` and `bounds` have lists for them. Each stays within its bounds,
 * so that nothing else may move them: no norm, and couplings take turns. The base `{ kind: 'normalOrUniform', bounds }` has bounds, too.
 * x: [batch, features], or any tensor whose channels are the features.   Durkan et al. 2019, arXiv:1906.04032, section 3.
 *
 * ```ts
 * const bounds = [[0, 1], [-Math.PI, Math.PI]] as const;
 * const flow = core.splineFlow({ layers: 2, hidden: 16, tails: ['bounded', 'circular'], bounds });
 * const w = core.createWeights(flow, [1, 2]);
 * const { y, logDet } = flow.forward(tf.randomUniform([100, 2]), w);
 * ```
 */
export const splineFlow = defineBijection(
  {
    className: 'InvertibleSplineFlow',
    source: 'Durkan et al. 2019, 3',
    logDet: 'Σ over layers',
    seeded: true,
    options: {
      ...conditionerRules,
      ...rationalQuadraticRules,
      ...rules,
      kind: oneOf('coupling', 'autoregressive'),
    },
  },
  ({ kind = 'coupling', layers = 4, mixing, seed, ...options }: SplineFlowOptions, name): Bijection => {
    const isClosed = boxesOf(options).closed !== undefined;
    const { norm = isClosed ? 'none' : 'actNorm', ...rest } = options;
    if (isClosed && (norm !== 'none' || (mixing ?? 'flip') !== 'flip')) {
      const remedy = 'Leave norm and mixing out: they would move numbers out of their bounds.';
      refuse(name, "norm 'none' and mixing 'flip' beside closed tails", options, remedy);
    }
    const common = { layers, norm, ...defined({ seed }) };
    if (kind === 'coupling') {
      const turns = { ...common, ...defined({ mixing }) };
      return alternating(name, turns, (sides) => splineCoupling({ ...rest, ...sides }));
    }
    const { hidden, activation, kernel, conditioner, ...spline } = rest;
    if (conditioner || mixing) {
      const remedy = 'Say hidden, kernel and activation, and leave mixing out; or take couplings.';
      refuse(name, 'neither conditioner nor mixing of autoregressive maps', { conditioner, mixing }, remedy);
    }
    const transformer = { kind: 'spline' as const, ...spline };
    return autoregressions({ ...common, ...defined({ hidden, activation, kernel }), transformer });
  },
);
