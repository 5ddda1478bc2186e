import * as tf from '@tensorflow/tfjs-core';
import { checkOptions, either, tensor } from '../../options';
import { bound, checkOrder, type Projection, projection } from './projection';

export interface BoxOptions {
  /** A number, or one for each number of a sample. Default: no bound. */
  low?: number | tf.Tensor;
  high?: number | tf.Tensor;
}

/** low ≤ x ≤ high, number by number:  P x = min(max(x, low), high). */
export function box(options: BoxOptions): Projection {
  checkOptions('box', options, { low: either(bound, tensor), high: either(bound, tensor) });
  const { low = -Infinity, high = Infinity } = options;
  if (typeof low === 'number' && typeof high === 'number') checkOrder('box', low, high);
  return projection('box', (x) => tf.minimum(tf.maximum(x, low), high), [low, high]);
}
