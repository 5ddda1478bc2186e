import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { randomUniform } from '../random';
import { channels, perChannel, sumPerChannel } from '../tensors/channels';
import { weight } from '../weight-names';
import { network } from './network';

/** f and its derivative. */
interface Curve {
  f(a: tf.Tensor): tf.Tensor;
  slope(a: tf.Tensor): tf.Tensor;
}

/** Of the angle θ = 2·atan a: the tangent of its half, turned round, and its sine. */
const curves = {
  tangent: { f: (a) => tf.neg(a), slope: (a) => tf.fill(a.shape, -1) },
  sine: {
    f: (a) => tf.div(tf.mul(2, a), tf.add(1, tf.square(a))),
    slope: (a) => tf.div(tf.mul(2, tf.sub(1, tf.square(a))), tf.square(tf.add(1, tf.square(a)))),
  },
} satisfies Record<string, Curve>;

/**
 * One of the three shears that a rotation is made of: h = f(a) ⊙ u, a number a per channel of u.
 *
 *     tangent   f(a) = −a = −tan(θ/2)      sine   f(a) = 2a/(1 + a²) = sin θ
 */
export function shear(kind: keyof typeof curves, start: 'random' | 'identity') {
  const { f, slope } = curves[kind];
  const times = (u: tf.Tensor, s: tf.Tensor) => tf.mul(u, perChannel(s, u.rank));
  return network({
    weights(shape: Shape) {
      const each = [channels(shape)];
      const initialize = (seed: number) =>
        start === 'identity' ? tf.zeros(each) : randomUniform(each, seed, -1, 1);
      return [{ name: 'a', shape: each, initialize }];
    },
    forward: (u, w) => tf.tidy(() => times(u, f(weight(w, 'a')))),
    linearize(u, w) {
      const a = weight(w, 'a');
      return {
        h: tf.tidy(() => times(u, f(a))),
        pullback: (dh) => ({
          dx: tf.tidy(() => times(dh, f(a))),
          dw: { a: tf.tidy(() => tf.mul(sumPerChannel(tf.mul(dh, u)), slope(a))) },
        }),
      };
    },
    pushforward(u, du, w, dw) {
      const a = weight(w, 'a');
      return {
        h: tf.tidy(() => times(u, f(a))),
        dh: tf.tidy(() => tf.add(times(du, f(a)), times(u, tf.mul(slope(a), weight(dw, 'a'))))),
      };
    },
  });
}
