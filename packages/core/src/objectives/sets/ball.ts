import * as tf from '@tensorflow/tfjs-core';
import { checkOptions, either, finite, required, tensor, within } from '../../options';
import { batch, perElement } from '../../tensors/channels';
import { type Projection, projection } from './projection';

export interface BallOptions {
  radius: number;
  /** Of the shape of a sample. Default: the origin. */
  centre?: tf.Tensor | number;
}

/** ‖x − m‖₂ ≤ r about the centre m:  P x = m + (x − m)·min(1, r/‖x − m‖). */
export function ball(options: BallOptions): Projection {
  checkOptions('ball', options, { radius: required(within(0, 1e30)), centre: either(finite, tensor) });
  const { radius, centre = 0 } = options;
  const nearest = (x: tf.Tensor) => {
    const d = tf.sub(x, centre);
    const rows = tf.reshape(d, [batch(d), -1]);
    // Of numbers up to 1, so that squares of large ones do not overflow.
    const size = tf.maximum(tf.max(tf.abs(rows), 1, true), 1e-30);
    const norm = tf.mul(size, tf.sqrt(tf.sum(tf.square(tf.div(rows, size)), 1, true)));
    const factor = tf.div(radius, tf.maximum(norm, Math.max(radius, 1e-30)));
    return tf.add(centre, tf.mul(d, perElement(factor, x.rank)));
  };
  return projection('ball', nearest, [centre]);
}
