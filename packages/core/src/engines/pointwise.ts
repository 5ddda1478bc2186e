import * as tf from '@tensorflow/tfjs-core';
import { checkWithin } from '../autodiff/sync-read';
import { type Bijection, checkShape, perElement, type Shape } from '../bijection';

/** A monotone function of one number. */
export interface Monotone {
  apply(x: tf.Tensor): tf.Tensor;
  /** What is known of it at the output y, so that no input need be kept. Each is asked for at most once: they may share work. */
  at(y: tf.Tensor): Local;
  /** Where x must lie, and y. Default: anywhere. */
  domain?: readonly [number, number];
  image?: readonly [number, number];
}

interface Local {
  x(): tf.Tensor;
  /** log dy/dx */
  logSlope(): tf.Tensor;
  /** dy/dx. Default: its logarithm's exponential. */
  slope?(): tf.Tensor;
  /** d(log dy/dx)/dy */
  bend(): tf.Tensor;
}

/**
 * The same monotone function of every element.
 *
 *     y = f(x)      log|det J| = Σ log f′      x = f⁻¹(y)
 *     dx = (dy + dL·b(y))·f′,  b = d log f′/dy
 *
 * x: [batch, …spatial, channels], any rank; inside, [batch, numbers]: what kinks and clips are pulled back with, `where`, GPU
 * backends lack for rank 5.
 */
export function elementwise(name: string, { apply, at, domain, image }: Monotone): Bijection {
  const rows = (t: tf.Tensor) => tf.reshape(t, [t.shape[0]!, -1]);
  const down = (x: tf.Tensor) => {
    if (domain) checkWithin(name, x, domain);
    return apply(rows(x));
  };
  /** At an output, in rows; checked where x is to be rebuilt from it. */
  const local = (y: tf.Tensor) => {
    const known = at(y);
    return {
      ...known,
      slope: () => known.slope?.() ?? tf.exp(known.logSlope()),
      x: () => {
        if (image) checkWithin(`inverse of ${name}`, y, image);
        return known.x();
      },
    };
  };
  const column = (dL: tf.Tensor) => perElement(dL, 2);
  const total = (t: tf.Tensor) => tf.sum(t, 1);
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
        const y = down(x);
        return { y: tf.reshape(y, x.shape), logDet: total(local(y).logSlope()) };
      }),
    inverse: (y) =>
      tf.tidy(() => {
        const { x, logSlope } = local(rows(y));
        return { x: tf.reshape(x(), y.shape), logDet: tf.neg(total(logSlope())) };
      }),
    pullback: (y, dy, dL) =>
      tf.tidy(() => {
        const { x, slope, bend } = local(rows(y));
        const dx = tf.mul(tf.add(rows(dy), tf.mul(column(dL), bend())), slope());
        return { x: tf.reshape(x(), y.shape), dx: tf.reshape(dx, y.shape), dw: {} };
      }),
    inversePullback: (x, dx, dL) =>
      tf.tidy(() => {
        const y = down(x);
        const { slope, bend } = local(y);
        const dy = tf.sub(tf.div(rows(dx), slope()), tf.mul(column(dL), bend()));
        return { y: tf.reshape(y, x.shape), dy: tf.reshape(dy, x.shape), dw: {} };
      }),
    pushforward: (x, dx) =>
      tf.tidy(() => {
        const y = down(x);
        const { logSlope, bend } = local(y);
        const l = logSlope();
        const dy = tf.mul(rows(dx), tf.exp(l));
        return {
          y: tf.reshape(y, x.shape),
          dy: tf.reshape(dy, x.shape),
          logDet: total(l),
          dLogDet: total(tf.mul(bend(), dy)),
        };
      }),
    inversePushforward: (y, dy) =>
      tf.tidy(() => {
        const { x, logSlope, bend } = local(rows(y));
        const l = logSlope();
        return {
          x: tf.reshape(x(), y.shape),
          dx: tf.reshape(tf.mul(rows(dy), tf.exp(tf.neg(l))), y.shape),
          logDet: tf.neg(total(l)),
          dLogDet: tf.neg(total(tf.mul(bend(), rows(dy)))),
        };
      }),
  };
}
