import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { forChannels, weightsPer } from '../engines/sources';
import {
  type CircularShiftOptions,
  circularShift as circularShiftOf,
  circularShiftRules,
} from '../transformers/circular-shift';
import { listsOf } from '../transformers/tails';

/**
 * Angles turned by a learned angle per channel: between circular splines, which keep the ends of a turn where they are, it moves them.
 *
 *     y = x + h, less a turn where it is passed      log|det J| = 0      x = y − h, likewise
 *
 * Every number lies within the bounds, and stays there. Fresh it is the identity.
 * x: [batch, …spatial, channels].   Rezende et al. 2020, arXiv:2002.02428, section 2.1.3.
 *
 * ```ts
 * const circular = { bins: 8, tails: 'circular', bounds: [-Math.PI, Math.PI] } as const;
 * const flow = core.chain([core.spline(circular), core.circularShift(), core.spline(circular)]); // p(x) of an angle
 * const w = core.createWeights(flow, [1, 1]);
 * const { y, logDet } = flow.forward(tf.randomUniform([100, 1], -Math.PI, Math.PI), w);
 * ```
 */
export const circularShift = defineBijection(
  {
    className: 'InvertibleCircularShift',
    source: 'Rezende et al. 2020, 2.1.3',
    logDet: '0',
    options: circularShiftRules,
  },
  (options: CircularShiftOptions, name) => {
    const phi = circularShiftOf(options);
    return forChannels(elementwise(name, phi, weightsPer('channel', phi.parameters)), listsOf(options));
  },
);
