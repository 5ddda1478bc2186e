import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, perChannel, pixels, type Shape } from '../bijection';
import { defineBijection, everyRank } from '../define';
import { refuse, show } from '../errors';

export interface ScalingOptions {
  /** A number, or one for each channel; none is zero. Default 1. */
  scale?: number | readonly number[];
  /** A number, or one for each channel. Default 0. */
  shift?: number | readonly number[];
}

/**
 * A fixed affine map, such as that from bytes to [0, 1] or to mean 0 and deviation 1; it has no weights.
 *
 *     y = s ⊙ x + b      log|det J| = P·Σ log|s|,  P pixels      x = (y − b) ⊘ s
 *
 * x: [batch, …spatial, channels].
 */
export const scaling = defineBijection(
  {
    className: 'InvertibleScaling',
    source: 'Dinh et al. 2017, 3.1',
    logDet: 'P·Σ log|s|',
    axes: everyRank,
  },
  ({ scale = 1, shift = 0 }: ScalingOptions = {}): Bijection => {
    const name = 'scaling';
    check(name, scale, shift);
    const same = (shape: Shape) => {
      checkShape(name, shape);
      for (const option of [scale, shift]) {
        if (typeof option === 'number' || option.length === channels(shape)) continue;
        refuse(
          name,
          `${option.length} channels, one for each number of an option`,
          `shape ${show(shape)}`,
          'Give one number for all channels, or one for each.',
        );
      }
      return [...shape];
    };
    const at = (option: number | readonly number[], t: tf.Tensor) =>
      typeof option === 'number' ? tf.scalar(option) : perChannel(tf.tensor1d([...option]), t.rank);
    const apply = (x: tf.Tensor) => tf.add(tf.mul(x, at(scale, x)), at(shift, x));
    const undo = (y: tf.Tensor) => tf.div(tf.sub(y, at(shift, y)), at(scale, y));
    const total = (shape: Shape): number => {
      const factors = typeof scale === 'number' ? Array(channels(shape)).fill(scale) : [...scale];
      return pixels(shape) * factors.reduce((sum, s) => sum + Math.log(Math.abs(s)), 0);
    };
    const logDet = (t: tf.Tensor, sign: 1 | -1) => {
      same(t.shape);
      return tf.fill([t.shape[0]!], sign * total(t.shape));
    };
    const zeros = (t: tf.Tensor) => tf.zeros([t.shape[0]!]);
    return {
      name,
      outputShape: same,
      inputShape: same,
      weights: (shape) => {
        same(shape);
        return [];
      },
      forward: (x) => tf.tidy(() => ({ logDet: logDet(x, 1), y: apply(x) })),
      inverse: (y) => tf.tidy(() => ({ logDet: logDet(y, -1), x: undo(y) })),
      pullback: (y, dy) => tf.tidy(() => ({ x: undo(y), dx: tf.mul(dy, at(scale, y)), dw: {} })),
      inversePullback: (x, dx) => tf.tidy(() => ({ y: apply(x), dy: tf.div(dx, at(scale, x)), dw: {} })),
      pushforward: (x, dx) =>
        tf.tidy(() => ({
          logDet: logDet(x, 1),
          y: apply(x),
          dy: tf.mul(dx, at(scale, x)),
          dLogDet: zeros(x),
        })),
      inversePushforward: (y, dy) =>
        tf.tidy(() => ({
          logDet: logDet(y, -1),
          x: undo(y),
          dx: tf.div(dy, at(scale, y)),
          dLogDet: zeros(y),
        })),
    };
  },
);

function check(where: string, scale: number | readonly number[], shift: number | readonly number[]): void {
  const numbers = (option: number | readonly number[]) => (typeof option === 'number' ? [option] : option);
  const all = [...numbers(scale), ...numbers(shift)];
  if (all.every((n) => Number.isFinite(n)) && numbers(scale).every((n) => n !== 0)) return;
  refuse(
    where,
    'finite numbers, no scale of 0',
    JSON.stringify({ scale, shift }),
    'Such as {scale: 1 / 256} for bytes.',
  );
}
