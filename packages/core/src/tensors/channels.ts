import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';

/** The number of channels, of pixels per sample, and of numbers in all. */
export const channels = (shape: Shape): number => shape.at(-1) ?? 0;
export const pixels = (shape: Shape): number => sizeOf(shape.slice(1, -1));
export const sizeOf = (shape: Shape): number => shape.reduce((n, size) => n * size, 1);
/** The number of samples. */
export const batch = (t: tf.Tensor): number => t.shape[0] ?? 0;

/** The shape with another number of channels. */
export const withChannels = (shape: Shape, n: number): number[] => [...shape.slice(0, -1), n];

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Zero for every sample, such as the log-determinant of a map that preserves volume. */
export const zeroPerSample = (t: tf.Tensor): tf.Tensor => tf.zeros([batch(t)]);

/** Σ over all axes but the batch. */
export const sumPerSample = (t: tf.Tensor): tf.Tensor =>
  tf.sum(t.rank === 2 ? t : tf.reshape(t, [batch(t), -1]), 1);

/** One number per sample, against every element of a tensor of that rank. */
export const perElement = (t: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(t, [batch(t), ...Array(rank - 1).fill(1)]);

/** One number per channel, against every element of a tensor of that rank: webgpu cannot spread rank 1 over rank 5. */
export const perChannel = (t: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(t, [...Array(rank - 1).fill(1), t.size]);

/** Σ over all axes but the channels. */
export const sumPerChannel = (t: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(t, [-1, channels(t.shape)]), 0);

/** A row for each pixel: on GPU backends the gradient of cuts and joins is wrong for volumes and right for matrices. */
export const pixelRows = (t: tf.Tensor): tf.Tensor2D => tf.reshape(t, [-1, channels(t.shape)]);

/** The channels of t in blocks of the given sizes. Nothing but the blocks stays: t can be freed. */
export const splitChannels = (t: tf.Tensor, sizes: readonly number[]): tf.Tensor[] =>
  tf.tidy(() => {
    const blocks: tf.Tensor[] = tf.split(pixelRows(t), [...sizes], 1);
    return blocks.map((block) => tf.reshape(block, withChannels(t.shape, channels(block.shape))));
  });

/** The first n channels, and the rest. */
export function splitAt(t: tf.Tensor, n: number): [tf.Tensor, tf.Tensor] {
  const [first = t, rest = t] = splitChannels(t, [n, channels(t.shape) - n]);
  return [first, rest];
}

/** The two halves of the channels. */
export const halves = (t: tf.Tensor): [tf.Tensor, tf.Tensor] => splitAt(t, channels(t.shape) / 2);

/** A block without spatial axes at every pixel of a shape; one that has them as it is. */
const everywhere = (block: tf.Tensor, shape: Shape): tf.Tensor => {
  if (block.rank === shape.length) return block;
  const n = channels(block.shape);
  const spread = tf.add(tf.reshape(block, [batch(block), 1, n]), tf.zeros([1, pixels(shape), 1]));
  return tf.reshape(spread, withChannels(shape, n));
};

/** The blocks beside each other in the channels, those without spatial axes at every pixel of the others. */
export const joinEverywhere = (blocks: readonly tf.Tensor[]): tf.Tensor =>
  tf.tidy(() => {
    const { shape = [] } = blocks.find(({ rank }) => rank > 2) ?? blocks[0] ?? {};
    return joinChannels(blocks.map((block) => everywhere(block, shape)));
  });

/** The blocks beside each other in the channels. */
export const joinChannels = (blocks: readonly tf.Tensor[]): tf.Tensor =>
  tf.tidy(() => {
    const all = tf.concat(blocks.map(pixelRows), 1);
    return tf.reshape(all, withChannels(blocks[0]?.shape ?? [], channels(all.shape)));
  });
