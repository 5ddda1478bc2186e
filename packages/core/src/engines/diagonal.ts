import * as tf from '@tensorflow/tfjs-core';
import {
  type Bijection,
  channels,
  checkShape,
  perChannel,
  pixels,
  type Shape,
  sumPerChannel,
  type Weights,
} from '../bijection';

/** Which numbers share a scale and a bias: those of a channel, or no two of a sample. */
export type Sharing = 'channel' | 'none';

/**
 * A scale and a bias, for each channel or for each number of a sample.
 *
 *     y = eˡ ⊙ x + b      log|det J| = n·Σ l, each l shared by n numbers of a sample      x = (y − b) ⊙ e⁻ˡ
 *
 * Weights: logScale l and bias b, of shape [channels] or [...spatial, channels], at zero.
 */
export function elementwiseAffine(name: string, sharing: Sharing): Bijection {
  const same = (shape: Shape) => {
    checkShape(name, shape);
    return [...shape];
  };
  const shared = (shape: Shape) => (sharing === 'channel' ? pixels(shape) : 1);
  const gather = (t: tf.Tensor) => (sharing === 'channel' ? sumPerChannel(t) : tf.sum(t, 0));
  /** l and b, or their tangents, as they stand against x. */
  const parts = ({ logScale, bias }: Weights, x: tf.Tensor) =>
    [logScale!, bias!].map((t) => (sharing === 'channel' ? perChannel(t, x.rank) : t)) as [
      tf.Tensor,
      tf.Tensor,
    ];
  const logDet = (l: tf.Tensor, shape: Shape) =>
    tf.mul(tf.ones([shape[0]!]), tf.mul(tf.sum(l), shared(shape)));
  return {
    name,
    outputShape: same,
    inputShape: same,
    weights(shape) {
      same(shape);
      const size = sharing === 'channel' ? [channels(shape)] : shape.slice(1);
      const spec = (name: string) => ({ name, shape: size, initialize: () => tf.zeros([...size]) });
      return [spec('logScale'), spec('bias')];
    },
    forward: (x, w) =>
      tf.tidy(() => {
        const [l, b] = parts(w, x);
        return { y: tf.add(tf.mul(tf.exp(l), x), b), logDet: logDet(l, x.shape) };
      }),
    inverse: (y, w) =>
      tf.tidy(() => {
        const [l, b] = parts(w, y);
        return { x: tf.mul(tf.sub(y, b), tf.exp(tf.neg(l))), logDet: tf.neg(logDet(l, y.shape)) };
      }),
    pullback: (y, dy, dL, w) =>
      tf.tidy(() => {
        const [l, b] = parts(w, y);
        const sx = tf.sub(y, b);
        return {
          x: tf.mul(sx, tf.exp(tf.neg(l))),
          dx: tf.mul(dy, tf.exp(l)),
          dw: {
            logScale: tf.add(gather(tf.mul(dy, sx)), tf.mul(tf.sum(dL), shared(y.shape))),
            bias: gather(dy),
          },
        };
      }),
    inversePullback: (x, dx, dL, w) =>
      tf.tidy(() => {
        const [l, b] = parts(w, x);
        const dy = tf.mul(dx, tf.exp(tf.neg(l)));
        return {
          y: tf.add(tf.mul(tf.exp(l), x), b),
          dy,
          dw: {
            logScale: tf.neg(tf.add(gather(tf.mul(dx, x)), tf.mul(tf.sum(dL), shared(x.shape)))),
            bias: tf.neg(gather(dy)),
          },
        };
      }),
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const [l, b] = parts(w, x);
        const [dl, db] = parts(dw, x);
        return {
          y: tf.add(tf.mul(tf.exp(l), x), b),
          dy: tf.add(tf.mul(tf.exp(l), tf.add(dx, tf.mul(x, dl))), db),
          logDet: logDet(l, x.shape),
          dLogDet: logDet(dl, x.shape),
        };
      }),
    inversePushforward: (y, dy, w, dw) =>
      tf.tidy(() => {
        const [l, b] = parts(w, y);
        const [dl, db] = parts(dw, y);
        const x = tf.mul(tf.sub(y, b), tf.exp(tf.neg(l)));
        return {
          x,
          dx: tf.sub(tf.mul(tf.sub(dy, db), tf.exp(tf.neg(l))), tf.mul(x, dl)),
          logDet: tf.neg(logDet(l, y.shape)),
          dLogDet: tf.neg(logDet(dl, y.shape)),
        };
      }),
  };
}
