import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { channels, sizeOf } from './channels';

/**
 * Patches of `size` pixels along every axis become pixels, their numbers the channels: space to depth. A permutation.
 *
 *     y[i, (p, c)] = x[size·i + p, c],   0 ≤ p < size along each axis, the last axis fastest
 *
 * Sizes may be unknown in shapes. One axis at a time, the last one without a move, so that the rank stays at most 4.
 */
export function patches(name: string, size: number) {
  const grid = (shape: Shape, by: number) => shape.slice(1, -1).map((n) => n * by);
  const volume = (shape: Shape) => size ** (shape.length - 2);
  const outputShape = (shape: Shape): number[] => {
    const space = grid(shape, 1 / size);
    if (space.length === 0 || space.some((n) => n % 1 > 0)) {
      const expected = `1 to 3 spatial axes of sizes divisible by ${size}`;
      refuse(name, expected, `shape ${show(shape)}`, 'Crop or resize the input, or take another patch.');
    }
    return [shape[0] ?? 1, ...space, channels(shape) * volume(shape)];
  };
  const inputShape = (shape: Shape): number[] => {
    const n = volume(shape);
    if (shape.length < 3 || channels(shape) % n !== 0) {
      const expected = `1 to 3 spatial axes and channels divisible by ${n}`;
      refuse(name, expected, `shape ${show(shape)}`, 'Give what patches were made of.');
    }
    return [shape[0] ?? 1, ...grid(shape, size), channels(shape) / n];
  };
  /** Of each axis but the last: the patches behind it in the grid, and the numbers that are together already when its turn comes. */
  const axes = (patched: Shape) =>
    patched.slice(1, size === 1 ? 1 : -2).map((_, i) => {
      const after = sizeOf(patched.slice(i + 2, -1));
      return { after, depth: channels(patched) / size ** (i + 1) };
    });
  return {
    outputShape,
    inputShape,
    apply(x: tf.Tensor): tf.Tensor {
      const shape = outputShape(x.shape);
      const moved = axes(shape).reduceRight((t, { after, depth }) => swap(t, [-1, size, after, depth]), x);
      return tf.reshape(moved, shape);
    },
    undo(y: tf.Tensor): tf.Tensor {
      const moved = axes(y.shape).reduce((t, { after, depth }) => swap(t, [-1, after, size, depth]), y);
      return tf.reshape(moved, inputShape(y.shape));
    },
  };
}

const swap = (t: tf.Tensor, shape: [number, number, number, number]): tf.Tensor =>
  tf.transpose(tf.reshape(t, shape), [0, 2, 1, 3]);
