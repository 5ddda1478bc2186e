import type { Bijection } from '../bijection';
import { chain } from '../combinators/chain';
import { defineBijection } from '../define';
import { whole } from '../options';
import { channels, withChannels } from '../tensors/channels';
import { mostLayers } from './alternating';
import { type LanesOptions, lanes, lanesRules } from './lanes';
import { type MultiscaleOptions, multiscale, multiscaleRules } from './multiscale';
import { normChanges } from './repeated';

export interface MultiscaleConditionalHintOptions extends Omit<LanesOptions, 'split'>, MultiscaleOptions {
  /** Shape of one sample of x, batch left out, which is that of y too. A network without splits need not know it. */
  shape?: MultiscaleOptions['shape'];
  /** Couplings at each scale. Default 4. */
  steps?: number;
  /** How each scale begins, for each lane. Default 'haar'. */
  squeeze?: MultiscaleOptions['squeeze'];
}

const { split: _, ...ofLanes } = lanesRules;

/**
 * Conditional HINT at several scales: both lanes are squeezed, and half of the channels of each leave.
 *
 *     lane 'both'   (x, y) ↦ [z_x | z_y]      'x'   x ↦ z_x given y      'y'   y ↦ z_y
 *     log|det J| = Σ over scales and steps of the lane
 *
 * x and y are of one shape, in lane 'both' beside each other in the channels. With splits the latent of a lane is
 * [batch, all numbers of a sample], and z_x comes before z_y.   Kruse et al. 2021, arXiv:1905.10687.
 *
 * ```ts
 * const options = { shape: [4, 4, 1], steps: 2, hidden: 8 };
 * const w = core.createWeights(core.multiscaleConditionalHint(options), [1, 4, 4, 2]);
 * const posterior = core.multiscaleConditionalHint({ ...options, lane: 'x' });
 * const y = tf.randomNormal([5, 4, 4, 1]);
 * const { x } = posterior.inverse(tf.randomNormal([5, 16]), w, y); // one sample of x for each y
 * ```
 */
export const multiscaleConditionalHint = defineBijection<MultiscaleConditionalHintOptions>(
  {
    className: 'InvertibleMultiscaleConditionalHint',
    source: 'Kruse et al. 2021, 3.3',
    logDet: 'Σ over scales and steps of the lane',
    seeded: true,
    changedDefaults: normChanges,
    complete: (options: MultiscaleConditionalHintOptions, [, ...sample]) => {
      const pair = (options.lane ?? 'both') === 'both';
      return { ...options, shape: pair ? withChannels(sample, channels(sample) / 2) : sample };
    },
    options: { ...ofLanes, ...multiscaleRules, steps: whole(1, mostLayers) },
  },
  (options: MultiscaleConditionalHintOptions, name): Bijection => {
    const { shape, scales, squeeze = 'haar', split, steps = 4, ...rest } = options;
    return lanes(name, rest, (layer, pair) =>
      multiscale(
        name,
        { shape, scales, squeeze, split },
        {
          steps: (scale) => chain(Array.from({ length: steps }, (_, k) => layer(scale * steps + k))),
          pair,
        },
      ),
    );
  },
);
