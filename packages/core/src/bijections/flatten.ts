import { defineBijection } from '../define';
import { type FlattenOptions, fromSample, reshaped } from '../engines/reshaped';
import { sampleShape } from '../options';
import { sizeOf } from '../tensors/channels';

/**
 * All numbers of a sample as its features, in the same order. log|det J| = 0.
 *
 * x: [batch, …from], y: [batch, features].
 */
export const flatten = defineBijection<FlattenOptions>(
  {
    className: 'InvertibleFlatten',
    source: '–',
    logDet: '0',
    options: { from: sampleShape },
    complete: fromSample,
  },
  ({ from }: FlattenOptions, name) => reshaped(name, from, (sample) => [sizeOf(sample)]),
);
