import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, pixels, sumPerChannel } from '../bijection';
import { define, everyRank } from '../define';
import { InvertibleError } from '../errors';

/**
 * ActNorm: an affine map per channel, set from the first batch so that what comes out has mean 0 and deviation 1.
 *
 *     y = eˡ ⊙ x + b      log|det J| = P·Σ l,  P pixels      x = (y − b) ⊙ e⁻ˡ
 *
 * First batch, trained forward: l = −log σ, b = −μ/σ; trained as the inverse: l = log σ, b = μ. A constant channel keeps its scale.
 * x: [batch, …spatial, channels].   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.1.
 */
export const actNorm = define(
  {
    className: 'InvertibleActNorm',
    source: 'Kingma & Dhariwal 2018, 3.1',
    logDet: 'P·Σ log s',
    axes: everyRank,
  },
  (): Bijection => {
    const same = (shape: readonly number[]) => {
      checkShape('actNorm', shape);
      return [...shape];
    };
    const logDet = (l: tf.Tensor, shape: readonly number[]) =>
      tf.mul(tf.ones([shape[0]!]), tf.mul(tf.sum(l), pixels(shape)));
    return {
      name: 'actNorm',
      outputShape: same,
      inputShape: same,
      weights(shape) {
        const spec = (name: string) => ({
          name,
          shape: [channels(shape)],
          initialize: () => tf.zeros([channels(shape)]),
        });
        return [spec('logScale'), spec('bias')];
      },
      forward: (x, { logScale: l, bias: b }) =>
        tf.tidy(() => ({ y: tf.add(tf.mul(tf.exp(l!), x), b!), logDet: logDet(l!, x.shape) })),
      inverse: (y, { logScale: l, bias: b }) =>
        tf.tidy(() => ({
          x: tf.mul(tf.sub(y, b!), tf.exp(tf.neg(l!))),
          logDet: tf.neg(logDet(l!, y.shape)),
        })),
      pullback: (y, dy, dL, { logScale: l, bias: b }) =>
        tf.tidy(() => {
          const sx = tf.sub(y, b!);
          const P = pixels(y.shape);
          return {
            x: tf.mul(sx, tf.exp(tf.neg(l!))),
            dx: tf.mul(dy, tf.exp(l!)),
            dw: {
              logScale: tf.add(sumPerChannel(tf.mul(dy, sx)), tf.mul(tf.sum(dL), P)),
              bias: sumPerChannel(dy),
            },
          };
        }),
      inversePullback: (x, dx, dL, { logScale: l, bias: b }) =>
        tf.tidy(() => {
          const dy = tf.mul(dx, tf.exp(tf.neg(l!)));
          const P = pixels(x.shape);
          return {
            y: tf.add(tf.mul(tf.exp(l!), x), b!),
            dy,
            dw: {
              logScale: tf.neg(tf.add(sumPerChannel(tf.mul(dx, x)), tf.mul(tf.sum(dL), P))),
              bias: tf.neg(sumPerChannel(dy)),
            },
          };
        }),
      pushforward: (x, dx, { logScale: l, bias: b }, { logScale: dl, bias: db }) =>
        tf.tidy(() => ({
          y: tf.add(tf.mul(tf.exp(l!), x), b!),
          dy: tf.add(tf.mul(tf.exp(l!), tf.add(dx, tf.mul(x, dl!))), db!),
          logDet: logDet(l!, x.shape),
          dLogDet: logDet(dl!, x.shape),
        })),
      inversePushforward: (y, dy, { logScale: l, bias: b }, { logScale: dl, bias: db }) =>
        tf.tidy(() => {
          const x = tf.mul(tf.sub(y, b!), tf.exp(tf.neg(l!)));
          return {
            x,
            dx: tf.sub(tf.mul(tf.sub(dy, db!), tf.exp(tf.neg(l!))), tf.mul(x, dl!)),
            logDet: tf.neg(logDet(l!, y.shape)),
            dLogDet: tf.neg(logDet(dl!, y.shape)),
          };
        }),
      initialize: (input, _, direction) =>
        tf.tidy(() => {
          const rows = tf.reshape(input, [-1, channels(input.shape)]);
          if (rows.shape[0]! < 2) {
            throw new InvertibleError({
              where: 'actNorm',
              expected: 'a first batch with at least 2 values per channel',
              came: 'one value',
              remedy: 'Start training with a larger batch: the first one sets the scale and the bias.',
            });
          }
          const { mean, variance } = tf.moments(rows, 0);
          const deviation = tf.sqrt(variance);
          const constant = tf.lessEqual(deviation, tf.mul(tf.add(tf.abs(mean), 1e-30), 1e-6));
          const sigma = tf.where(constant, tf.onesLike(deviation), deviation);
          return direction === 'forward'
            ? { logScale: tf.neg(tf.log(sigma)), bias: tf.neg(tf.div(mean, sigma)) }
            : { logScale: tf.log(sigma), bias: tf.clone(mean) };
        }),
    };
  },
);
