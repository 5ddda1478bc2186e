import * as tf from '@tensorflow/tfjs-core';
import { above, checkOptions } from '../../options';
import { pixelRows } from '../../tensors/channels';
import { type Projection, projection } from './projection';
import { thresholdOf } from './threshold';

export interface SimplexOptions {
  /** What the channels add up to. Default 1: probabilities. */
  sum?: number;
}

/**
 * x ≥ 0, Σ x = s over the channels of each pixel, such as probabilities of classes.
 *
 *     P x = max(x − τ, 0), τ such that the channels sum to s
 *
 * Duchi et al. 2008, figure 1.
 */
export function simplex(options: SimplexOptions = {}): Projection {
  checkOptions('simplex', options, { sum: above(0) });
  const { sum = 1 } = options;
  return projection('simplex', (x) => {
    const rows = pixelRows(x);
    return tf.reshape(tf.relu(tf.sub(rows, thresholdOf(rows, sum))), x.shape);
  });
}
