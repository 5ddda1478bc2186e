import type { Bijection } from '../bijection';
import { chain } from '../combinators/chain';
import { defineBijection } from '../define';
import { whole } from '../options';
import { mostLayers } from './alternating';
import { type LanesOptions, lanes, lanesRules } from './lanes';
import { normChanges } from './repeated';

export interface ConditionalHintNetworkOptions extends LanesOptions {
  /** Number of couplings. Default 4. */
  layers?: number;
  /** Channels of y, whichever the lane. Default: as many as x has. */
  split?: number;
}

/**
 * Conditional HINT: two lanes, x and y; y is a condition of x at every layer.
 *
 *     layer   y′ = actNorm(y) C_y      y ↦ hint_y(y′)      x ↦ eˡ ⊙ hint_x(actNorm(x) C_x) + t,  l, t from h(y′)
 *
 *     lane 'both'   (x, y) ↦ (z_x, z_y), their joint density      log|det J| = Σ over layers of both lanes
 *     lane 'x'      x ↦ z_x given the condition y: p(x|y)         log|det J| = Σ over layers of x alone
 *     lane 'y'      y ↦ z_y, its marginal                         log|det J| = Σ over layers of y alone
 *
 * All three read the same weights. The gradient of lane 'x' starts from z_x and y alone, in memory that is flat in depth.
 * x: [batch, …spatial, channels of x + channels of y], or those of the one lane.   Kruse et al. 2021, arXiv:1905.10687.
 *
 * ```ts
 * const w = core.createWeights(core.conditionalHint({ layers: 2, hidden: 8 }), [1, 6]); // 3 features of x, 3 of y
 * const posterior = core.conditionalHint({ layers: 2, hidden: 8, lane: 'x' });
 * const y = tf.tile(tf.tensor2d([[0.5, -1, 2]]), [100, 1]);
 * const { x } = posterior.inverse(tf.randomNormal([100, 3]), w, y); // 100 samples of x given y
 * ```
 */
export const conditionalHint = defineBijection(
  {
    className: 'InvertibleConditionalHint',
    source: 'Kruse et al. 2021, 3.3',
    logDet: 'Σ over layers of the lane',
    seeded: true,
    changedDefaults: normChanges,
    options: { ...lanesRules, layers: whole(1, mostLayers) },
  },
  ({ layers = 4, ...options }: ConditionalHintNetworkOptions, name): Bijection =>
    lanes(name, options, (layer) => chain(Array.from({ length: layers }, (_, k) => layer(k)))),
);
