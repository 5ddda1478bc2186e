import * as tf from '@tensorflow/tfjs-core';
import { channels, checkShape, type Shape } from '../bijection';
import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { refuse, show } from '../errors';

export interface PadOptions {
  /** Every spatial size grows to the next multiple of it. Default 2. */
  multiple?: number;
  /** The spatial sizes of y, instead of `multiple`. */
  to?: readonly number[];
  /** The spatial sizes of x, which the inverse has to be told. A layer fills them in. */
  size?: readonly number[];
}

const name = 'pad';

/**
 * Zeros after the end of every spatial axis: the image of x in a larger space, where lengths are the same.
 *
 *     y = E x,  EᵀE = I      log|det J| = ½ log det EᵀE = 0      x = Eᵀ y, which crops
 *
 * A density of x is told by y alone: the margin is always zero, so leave it out of a likelihood. Reversed, it crops, and what
 * was in the margin is lost: exact only where that was zero. The gradient rebuilds its input with zeros there.
 * x: [batch, …1 to 3 spatial axes, channels].   Brehmer & Cranmer 2020, arXiv:2003.13913: a chart of a manifold is a padding and a flow.
 */
export const pad = defineBijection(
  {
    className: 'InvertiblePad',
    source: 'Brehmer & Cranmer 2020',
    logDet: '0',
    axes: spatialRanks,
    complete: (options: PadOptions, shape) => ({ ...options, size: shape.slice(1, -1) }),
  },
  (options: PadOptions = {}) => {
    checkOptions(options);
    const { multiple = 2, to, size } = options;
    const target = (space: Shape) => to ?? space.map((n) => Math.ceil(n / multiple) * multiple);
    const outputShape = (shape: Shape) => {
      checkShape(name, shape);
      const space = shape.slice(1, -1);
      const larger = target(space);
      const fits =
        space.length > 0 && space.length === larger.length && space.every((n, i) => n <= larger[i]!);
      if (!fits) {
        refuse(
          name,
          to ? `spatial sizes of at most ${show(to)}` : '1 to 3 spatial axes of known size',
          `shape ${show(shape)}`,
          'Padding never shrinks an axis, and features have none.',
        );
      }
      if (size && !same(space, size)) refuseShape(size, shape);
      return [shape[0]!, ...larger, channels(shape)];
    };
    const inputShape = (shape: Shape) => {
      checkShape(name, shape);
      if (!size) {
        refuse(
          name,
          'option size, the spatial sizes of x, for the way back',
          `shape ${show(shape)} of y alone`,
          'Many sizes are padded to the same one: name yours, as in pad({size: [27, 27]}).',
        );
      }
      if (!same(shape.slice(1, -1), target(size))) refuseShape(target(size), shape);
      return [shape[0]!, ...size, channels(shape)];
    };
    return isometry(name, {
      outputShape,
      inputShape,
      apply: (x) => along(x, outputShape(x.shape), grow),
      undo: (y) => along(y, inputShape(y.shape), crop),
    });
  },
);

type Rows = tf.Tensor3D;

/** One spatial axis after the other, as the middle one of three: no backend pads five right. */
function along(t: tf.Tensor, shape: Shape, step: (rows: Rows, n: number) => tf.Tensor): tf.Tensor {
  const now = [...t.shape];
  let out = tf.clone(t);
  for (let axis = 1; axis < now.length - 1; axis++) {
    const n = shape[axis]!;
    if (n === now[axis]) continue;
    const before = now.slice(0, axis).reduce((product, size) => product * size, 1);
    const rows = tf.reshape(out, [before, now[axis]!, -1]) as Rows;
    now[axis] = n;
    out = tf.reshape(step(rows, n), now);
  }
  return out;
}

const grow = (rows: Rows, n: number) => {
  const [before, size, after] = rows.shape;
  return tf.concat([rows, tf.zeros<tf.Rank.R3>([before, n - size, after])], 1);
};
const crop = (rows: Rows, n: number) => tf.slice(rows, [0, 0, 0], [-1, n, -1]);

const same = (a: Shape, b: Shape) => a.length === b.length && a.every((n, i) => n === b[i]);

function refuseShape(space: Shape, got: Shape): never {
  refuse(name, `spatial sizes ${show(space)}`, `shape ${show(got)}`, 'Option size must be that of x.');
}

function checkOptions({ multiple, to, size }: PadOptions): void {
  const whole = (n: number) => Number.isInteger(n) && n > 0;
  if ([multiple ?? 1, ...(to ?? []), ...(size ?? [])].every(whole) && !(to && multiple !== undefined)) return;
  refuse(
    name,
    'multiple, or else to, and size in positive whole numbers',
    JSON.stringify({ multiple, to, size }),
    'Leave all out to pad to even sizes.',
  );
}
