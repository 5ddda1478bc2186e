import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../bijection';

/** A row for each pixel: the gradient of what cuts and joins volumes is wrong on GPU backends, that of matrices is right. */
const rows = (t: tf.Tensor): tf.Tensor => tf.reshape(t, [-1, channels(t.shape)]);

/** The channels of t in parts of the given sizes. */
export function splitChannels(t: tf.Tensor, sizes: readonly number[]): tf.Tensor[] {
  const space = t.shape.slice(0, -1);
  return tf.split(rows(t), [...sizes], 1).map((part, i) => tf.reshape(part, [...space, sizes[i]!]));
}

/** The parts beside each other in the channels. */
export function joinChannels(parts: readonly tf.Tensor[]): tf.Tensor {
  const all = tf.concat(parts.map(rows), 1);
  return tf.reshape(all, [...parts[0]!.shape.slice(0, -1), channels(all.shape)]);
}
