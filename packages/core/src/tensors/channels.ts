import * as tf from '@tensorflow/tfjs-core';
import { channels, withChannels } from './shape';

/** A row for each pixel: the gradient of what cuts and joins volumes is wrong on GPU backends, that of matrices is right. */
export const pixelRows = (t: tf.Tensor): tf.Tensor2D => tf.reshape(t, [-1, channels(t.shape)]);

/** The channels of t in blocks of the given sizes. */
export function splitChannels(t: tf.Tensor, sizes: readonly number[]): tf.Tensor[] {
  const blocks: tf.Tensor[] = tf.split(pixelRows(t), [...sizes], 1);
  return blocks.map((block) => tf.reshape(block, withChannels(t.shape, channels(block.shape))));
}

/** The first n channels, and the rest. */
export function splitAt(t: tf.Tensor, n: number): [tf.Tensor, tf.Tensor] {
  const [first, rest] = splitChannels(t, [n, channels(t.shape) - n]);
  return [first as tf.Tensor, rest as tf.Tensor];
}

/** The two halves of the channels. */
export const halves = (t: tf.Tensor): [tf.Tensor, tf.Tensor] => splitAt(t, channels(t.shape) / 2);

/** The blocks beside each other in the channels. */
export function joinChannels(blocks: readonly [tf.Tensor, ...tf.Tensor[]]): tf.Tensor {
  const all = tf.concat(blocks.map(pixelRows), 1);
  return tf.reshape(all, withChannels(blocks[0].shape, channels(all.shape)));
}
