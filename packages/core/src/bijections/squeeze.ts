import * as tf from '@tensorflow/tfjs-core';
import { channels, checkShape, type Shape } from '../bijection';
import { define, spatialRanks } from '../define';
import { InvertibleError, show } from '../errors';
import { isometry } from './isometry';

export type SqueezePattern = 'checkerboard' | 'patch' | 'column';

export interface SqueezeOptions {
  /** Which pixels share a new pixel. Default 'checkerboard'. */
  pattern?: SqueezePattern;
}

/**
 * Squeeze: every spatial size halves, channels grow 2^d-fold, d spatial axes. A permutation: log|det J| = 0.
 *
 *     checkerboard   y[…, p·C + c] = x[2·i + bits of p, c]            the sub-lattices of stride 2
 *     patch          y[…, p·C + c] = x[i + bits of p · size/2, c]     the contiguous tiles
 *     column         the column-major reshape of (n₁, n₂, …, C) to (n₁/2, n₂/2, …, 2^d·C)
 *
 * Bit k of p belongs to spatial axis k. x: [batch, …1 to 3 even spatial sizes, C].   Dinh et al. 2017, arXiv:1605.08803, section 3.6.
 */
export const squeeze = define(
  { className: 'InvertibleSqueeze', source: 'Dinh et al. 2017, 3.6', logDet: '0', axes: spatialRanks },
  ({ pattern = 'checkerboard' }: SqueezeOptions = {}) => {
    if (!['checkerboard', 'patch', 'column'].includes(pattern)) {
      throw new InvertibleError({
        where: 'squeeze',
        expected: "pattern 'checkerboard', 'patch' or 'column'",
        came: JSON.stringify(pattern),
        remedy: 'Choose one of the three.',
      });
    }
    const refuse = (expected: string, shape: Shape): never => {
      throw new InvertibleError({
        where: 'squeeze',
        expected,
        came: `shape ${show(shape)}`,
        remedy: 'Pad or resize the input first.',
      });
    };
    const outputShape = (shape: Shape) => {
      checkShape('squeeze', shape);
      const space = shape.slice(1, -1);
      if (space.length === 0 || space.some((n) => n % 2 !== 0))
        refuse('1 to 3 spatial axes of even size', shape);
      return [shape[0]!, ...space.map((n) => n / 2), channels(shape) * 2 ** space.length];
    };
    const inputShape = (shape: Shape) => {
      checkShape('squeeze', shape);
      const space = shape.slice(1, -1);
      const n = 2 ** space.length;
      if (space.length === 0 || channels(shape) % n !== 0)
        refuse(`1 to 3 spatial axes and channels divisible by ${n}`, shape);
      return [shape[0]!, ...space.map((s) => s * 2), channels(shape) / n];
    };
    const down = (x: tf.Tensor) => {
      const shape = outputShape(x.shape);
      return pattern === 'column' ? columns(x, shape) : blocks(x, shape, pattern);
    };
    const up = (y: tf.Tensor) => {
      const shape = inputShape(y.shape);
      return pattern === 'column' ? columns(y, shape) : unblocks(y, shape, pattern);
    };
    return isometry('squeeze', { outputShape, inputShape, apply: down, undo: up });
  },
);

/** One axis at a time, so that no backend sees a rank above 5: its bit goes in front of the channels. */
function blocks(x: tf.Tensor, shape: Shape, pattern: SqueezePattern): tf.Tensor {
  const order = pattern === 'patch' ? [0, 2, 3, 1, 4] : [0, 1, 3, 2, 4];
  let y = x;
  for (let axis = 1; axis < x.rank - 1; axis++) {
    const [pre, mid] = around(y.shape, axis);
    const half = shape[axis]!;
    const cut =
      pattern === 'patch' ? [pre, 2, half, mid, channels(y.shape)] : [pre, half, 2, mid, channels(y.shape)];
    const next = y.shape.map((n, i) => (i === axis ? half : i === x.rank - 1 ? 2 * n : n));
    y = tf.reshape(tf.transpose(tf.reshape(y, cut), order), next);
  }
  return y;
}

function unblocks(y: tf.Tensor, shape: Shape, pattern: SqueezePattern): tf.Tensor {
  const order = pattern === 'patch' ? [0, 3, 1, 2, 4] : [0, 1, 3, 2, 4];
  let x = y;
  for (let axis = y.rank - 2; axis > 0; axis--) {
    const [pre, mid] = around(x.shape, axis);
    const n = channels(x.shape) / 2;
    const next = x.shape.map((size, i) => (i === axis ? shape[axis]! : i === y.rank - 1 ? n : size));
    x = tf.reshape(tf.transpose(tf.reshape(x, [pre, shape[axis]! / 2, mid, 2, n]), order), next);
  }
  return x;
}

/** Sizes before and between an axis and the channels. */
const around = (shape: Shape, axis: number): [number, number] => [
  shape.slice(0, axis).reduce((n, size) => n * size, 1),
  shape.slice(axis + 1, -1).reduce((n, size) => n * size, 1),
];

/** Row-major over (channels, …, n₂, n₁) is column-major over (n₁, n₂, …, channels). */
function columns(x: tf.Tensor, shape: Shape): tf.Tensor {
  const turn = [
    0,
    ...x.shape
      .map((_, i) => i)
      .slice(1)
      .reverse(),
  ];
  const flat = [shape[0]!, ...shape.slice(1).reverse()];
  return tf.transpose(tf.reshape(tf.transpose(x, turn), flat), turn);
}
