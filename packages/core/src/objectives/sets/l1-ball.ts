import * as tf from '@tensorflow/tfjs-core';
import { checkOptions, either, finite, required, tensor, within } from '../../options';
import { batch } from '../../tensors/channels';
import type { BallOptions } from './ball';
import { type Projection, projection } from './projection';
import { thresholdOf } from './threshold';

/**
 * ‖x − m‖₁ ≤ r about the centre m, such as few numbers that differ from it.
 *
 *     P x = m + sign(d)·max(|d| − τ, 0), d = x − m, τ ≥ 0 such that the norm is r, or 0 inside
 *
 * Duchi et al. 2008, section 4 and figure 1.
 */
export function l1Ball(options: BallOptions): Projection {
  checkOptions('l1Ball', options, { radius: required(within(0, 1e30)), centre: either(finite, tensor) });
  const { radius, centre = 0 } = options;
  const nearest = (x: tf.Tensor) => {
    const d: tf.Tensor2D = tf.reshape(tf.sub(x, centre), [batch(x), -1]);
    return tf.add(tf.reshape(shrink(d, radius), x.shape), centre);
  };
  return projection('l1Ball', nearest, [centre]);
}

/** The projection of rows onto ‖·‖₁ ≤ r. */
export function shrink(rows: tf.Tensor2D, radius: number | tf.Tensor): tf.Tensor2D {
  const size = tf.abs(rows);
  const tau = tf.relu(thresholdOf(size, radius));
  return tf.mul(tf.sign(rows), tf.relu(tf.sub(size, tau)));
}
