import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { refuse, show } from '../errors';
import { listOf, whole } from '../options';
import { channels, sameShape, sizeOf } from '../tensors/channels';

export interface PadOptions {
  /** Every spatial size grows to the next multiple of it. Default 2. */
  multiple?: number;
  /** The spatial sizes of y, instead of `multiple`. */
  to?: readonly number[];
  /** The spatial sizes of x, which the inverse has to be told. A layer fills them in. */
  size?: readonly number[];
}

/**
 * Zeros after the end of every spatial axis: the image of x in a larger space, where lengths are the same.
 *
 *     y = E x,  EᵀE = I      log|det J| = ½ log det EᵀE = 0      x = Eᵀ y, which crops
 *
 * A density of x is told by y alone: the margin is always zero, so leave it out of a likelihood. Reversed, it crops, and what
 * was in the margin is lost: exact only where that was zero. The gradient rebuilds its input with zeros there.
 * x: [batch, …1 to 3 spatial axes, channels].   Brehmer & Cranmer 2020, arXiv:2003.13913: a chart of a manifold is a padding and a flow.
 */
export const pad = defineBijection<PadOptions>(
  {
    className: 'InvertiblePad',
    source: 'Brehmer & Cranmer 2020',
    logDet: '0',
    axes: spatialRanks,
    options: { multiple: whole(), to: listOf(whole(), 1, 3), size: listOf(whole(), 1, 3) },
    complete: (options: PadOptions, shape) => ({ ...options, size: shape.slice(1, -1) }),
  },
  ({ multiple, to, size }: PadOptions, name) => {
    if (to && multiple !== undefined) {
      refuse(name, 'multiple, or else to', 'both', 'Leave both out to pad to even sizes.');
    }
    const refuseSizes = (space: Shape, got: Shape) =>
      refuse(name, `spatial sizes ${show(space)}`, `shape ${show(got)}`, 'Option size must be that of x.');
    const target = (space: Shape) => to ?? space.map((n) => Math.ceil(n / (multiple ?? 2)) * (multiple ?? 2));
    const outputShape = (shape: Shape) => {
      const space = shape.slice(1, -1);
      const larger = target(space);
      if (space.length !== larger.length || space.some((n, i) => n > (larger[i] ?? 0))) {
        const expected = `spatial sizes of at most ${show(larger)}`;
        refuse(name, expected, `shape ${show(shape)}`, 'Padding never shrinks an axis.');
      }
      if (size && !sameShape(space, size)) refuseSizes(size, shape);
      return [shape[0] ?? 1, ...larger, channels(shape)];
    };
    const inputShape = (shape: Shape) => {
      if (!size) {
        const remedy = 'Many sizes are padded to the same one: name yours, as in pad({size: [27, 27]}).';
        const expected = 'option size, the spatial sizes of x, for the way back';
        return refuse(name, expected, `shape ${show(shape)} of y alone`, remedy);
      }
      if (!sameShape(shape.slice(1, -1), target(size))) refuseSizes(target(size), shape);
      return [shape[0] ?? 1, ...size, channels(shape)];
    };
    return isometry(name, {
      outputShape,
      inputShape,
      apply: (x) => along(x, outputShape(x.shape), grow),
      undo: (y) => along(y, inputShape(y.shape), crop),
    });
  },
);

/** One spatial axis after the other, as the middle one of three: no backend pads five right. */
function along(t: tf.Tensor, shape: Shape, step: (rows: tf.Tensor3D, n: number) => tf.Tensor): tf.Tensor {
  const now = [...t.shape];
  let out = tf.clone(t);
  for (const [axis, n] of shape.entries()) {
    const size = now[axis] ?? 0;
    if (n === size) continue;
    const rows: tf.Tensor3D = tf.reshape(out, [sizeOf(now.slice(0, axis)), size, -1]);
    now[axis] = n;
    out = tf.reshape(step(rows, n), now);
  }
  return out;
}

const grow = (rows: tf.Tensor3D, n: number) => {
  const [before, size, after] = rows.shape;
  return tf.concat([rows, tf.zeros<tf.Rank.R3>([before, n - size, after])], 1);
};
const crop = (rows: tf.Tensor3D, n: number) => tf.slice(rows, [0, 0, 0], [-1, n, -1]);
