import type { Shape } from '../bijection';
import { defineBijection } from '../define';
import { type FlattenOptions, fromSample, reshaped } from '../engines/reshaped';
import { refuse, show } from '../errors';
import { sampleShape } from '../options';
import { sizeOf } from '../tensors/channels';

export interface ReshapeOptions extends FlattenOptions {
  /** Shape of one sample of y, batch left out. */
  to: Shape;
}

/**
 * The numbers of every sample in another shape, in the same order. log|det J| = 0.
 *
 * x: [batch, …from], y: [batch, …to], both of one size.
 */
export const reshape = defineBijection<ReshapeOptions>(
  {
    className: 'InvertibleReshape',
    source: '–',
    logDet: '0',
    options: { from: sampleShape, to: sampleShape },
    complete: fromSample,
  },
  ({ from, to }, name) => {
    if (!to) {
      refuse(name, 'option to, the shape of one sample of y', 'none', 'As in reshape({to: [28, 28, 1]}).');
    }
    if (from && sizeOf(from) !== sizeOf(to)) {
      const expected = `from and to of one size, ${sizeOf(from)} numbers`;
      const got = `${show(from)} and ${show(to)}, of ${sizeOf(to)}`;
      refuse(name, expected, got, 'Both are shapes of one sample, without the batch.');
    }
    return reshaped(name, from, () => to);
  },
);
