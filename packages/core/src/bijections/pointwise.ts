import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, checkShape, perElement, type Shape, sumPerSample } from '../bijection';
import { checkWithin } from '../immediate';

/** A monotone function of one number. Its derivatives are given from the output, so that no input need be kept. */
export interface Monotone {
  apply(x: tf.Tensor): tf.Tensor;
  undo(y: tf.Tensor): tf.Tensor;
  /** log dy/dx at the output y. */
  logSlope(y: tf.Tensor): tf.Tensor;
  /** d(log dy/dx)/dy at the output y. */
  bend(y: tf.Tensor): tf.Tensor;
  /** Where x must lie, and y. Default: anywhere. */
  domain?: readonly [number, number];
  image?: readonly [number, number];
}

/**
 * The same monotone function of every element.
 *
 *     y = f(x)      log|det J| = Σ log f′      x = f⁻¹(y)
 *     dx = (dy + dL·b(y))·f′,  b = d log f′/dy
 *
 * x: [batch, …spatial, channels], any rank.
 */
export function pointwise(name: string, monotone: Monotone): Bijection {
  const { domain, image } = monotone;
  const logSlope = asRows(monotone.logSlope);
  const bend = asRows(monotone.bend);
  const apply = (x: tf.Tensor) => {
    if (domain) checkWithin(name, x, domain);
    return asRows(monotone.apply)(x);
  };
  const undo = (y: tf.Tensor) => {
    if (image) checkWithin(`inverse of ${name}`, y, image);
    return asRows(monotone.undo)(y);
  };
  const same = (shape: Shape) => {
    checkShape(name, shape);
    return [...shape];
  };
  return {
    name,
    outputShape: same,
    inputShape: same,
    weights: (shape) => {
      same(shape);
      return [];
    },
    forward: (x) =>
      tf.tidy(() => {
        const y = apply(x);
        return { y, logDet: sumPerSample(logSlope(y)) };
      }),
    inverse: (y) => tf.tidy(() => ({ x: undo(y), logDet: tf.neg(sumPerSample(logSlope(y))) })),
    pullback: (y, dy, dL) =>
      tf.tidy(() => ({
        x: undo(y),
        dx: tf.mul(tf.add(dy, tf.mul(perElement(dL, y.rank), bend(y))), tf.exp(logSlope(y))),
        dw: {},
      })),
    inversePullback: (x, dx, dL) =>
      tf.tidy(() => {
        const y = apply(x);
        return {
          y,
          dy: tf.sub(tf.mul(dx, tf.exp(tf.neg(logSlope(y)))), tf.mul(perElement(dL, y.rank), bend(y))),
          dw: {},
        };
      }),
    pushforward: (x, dx) =>
      tf.tidy(() => {
        const y = apply(x);
        const l = logSlope(y);
        const dy = tf.mul(dx, tf.exp(l));
        return { y, dy, logDet: sumPerSample(l), dLogDet: sumPerSample(tf.mul(bend(y), dy)) };
      }),
    inversePushforward: (y, dy) =>
      tf.tidy(() => {
        const l = logSlope(y);
        return {
          x: undo(y),
          dx: tf.mul(dy, tf.exp(tf.neg(l))),
          logDet: tf.neg(sumPerSample(l)),
          dLogDet: tf.neg(sumPerSample(tf.mul(bend(y), dy))),
        };
      }),
  };
}

/** On tensors of rank 2: the gradients of kinks and clips choose with `where`, which GPU backends lack for rank 5. */
const asRows =
  (f: (t: tf.Tensor) => tf.Tensor) =>
  (t: tf.Tensor): tf.Tensor =>
    tf.reshape(f(tf.reshape(t, [t.shape[0]!, -1])), t.shape);
