import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../bijection';

/** The channels of t in parts of the given sizes. Through a transpose: the wasm backend cuts the last axis one pixel at a time. */
export function splitChannels(t: tf.Tensor, sizes: readonly number[]): tf.Tensor[] {
  const space = t.shape.slice(0, -1);
  const columns = tf.transpose(tf.reshape(t, [-1, channels(t.shape)]));
  let from = 0;
  return sizes.map((size) => {
    const part = tf.slice(columns, [from, 0], [size, -1]);
    from += size;
    return tf.reshape(tf.transpose(part), [...space, size]);
  });
}

/** The parts beside each other in the channels. */
export function joinChannels(parts: readonly tf.Tensor[]): tf.Tensor {
  const columns = parts.map((t) => tf.transpose(tf.reshape(t, [-1, channels(t.shape)])));
  const all = tf.concat(columns, 0);
  return tf.reshape(tf.transpose(all), [...parts[0]!.shape.slice(0, -1), all.shape[0]!]);
}
