import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveFilter, convolveInput } from '../kernels/convolve';
import { randomNormal } from '../random';
import { channels, perChannel, sizeOf, sumPerChannel } from '../tensors/channels';
import { tidy } from '../tidy';
import { type Network, network } from './network';

export interface LeapfrogNetOptions {
  /** Channels of the hidden layer; fewer than those of u make the operator of low rank. Default: as many as u has. */
  hidden?: number;
  /** Size of the kernel, odd. Ignored for vectors. Default 3. */
  kernel?: number;
  /** Step α. */
  step: number;
}

/**
 * Twice the state less a symmetric, positive semidefinite convolution operator of it, the right-hand side of the leapfrog scheme.
 *
 *     h = 2u − α·Kᵀ relu(K u + b)
 *
 * u: [batch, …spatial, C] → the same; K: […kernel, C, hidden], b: [hidden]. A condition is ignored.
 */
export function leapfrogNet({ hidden, kernel = 3, step }: LeapfrogNetOptions): Network {
  const pre = (u: tf.Tensor, K: tf.Tensor, b: tf.Tensor) => tf.add(convolve(u, K), perChannel(b, u.rank));
  const value = (u: tf.Tensor, r: tf.Tensor, K: tf.Tensor) =>
    tf.sub(tf.mul(2, u), tf.mul(step, convolveInput(r, K)));
  return network({
    weights(shape) {
      const n = channels(shape);
      const K = [...shape.slice(1, -1).map(() => kernel), n, hidden ?? n];
      const deviation = 1 / Math.sqrt(sizeOf(K.slice(0, -1)));
      return [
        { name: 'K', shape: K, initialize: (seed) => randomNormal(K, seed, deviation) },
        { name: 'b', shape: [hidden ?? n], initialize: () => tf.zeros([hidden ?? n]) },
      ];
    },
    forward: (u, { K, b }) => tf.tidy(() => value(u, tf.relu(pre(u, K!, b!)), K!)),
    linearize(u, { K, b }) {
      const { h, r } = tidy(() => {
        const r = tf.relu(pre(u, K!, b!));
        return { h: value(u, r, K!), r };
      });
      return {
        h,
        pullback: (dh) =>
          tf.tidy(() => {
            const dr = tf.mul(-step, convolve(dh, K!));
            const dz = tf.mul(dr, tf.step(r));
            const dK = tf.sub(convolveFilter(u, dz, K!.shape), tf.mul(step, convolveFilter(dh, r, K!.shape)));
            r.dispose();
            return { dx: tf.add(tf.mul(2, dh), convolveInput(dz, K!)), dw: { K: dK, b: sumPerChannel(dz) } };
          }),
      };
    },
    pushforward: (u, du, { K, b }, { K: dK, b: db }) =>
      tf.tidy(() => {
        const z = pre(u, K!, b!);
        const r = tf.relu(z);
        const dz = tf.add(convolve(du, K!), pre(u, dK!, db!));
        const dr = tf.mul(dz, tf.step(z));
        const dTransposed = tf.add(convolveInput(dr, K!), convolveInput(r, dK!));
        return { h: value(u, r, K!), dh: tf.sub(tf.mul(2, du), tf.mul(step, dTransposed)) };
      }),
  });
}
