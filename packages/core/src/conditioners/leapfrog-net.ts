import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { convolve, convolveBias, convolveFilter, convolveInput } from '../kernels/convolve';
import { randomNormal } from '../random';
import { channels, sizeOf, sumPerChannel } from '../tensors/channels';
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
 * u: [batch, …spatial, C] → the same; K: […kernel, C, hidden], b: [hidden]. A condition is ignored. Of the hidden activations
 * three are alive at most, while the pullback multiplies ∂relu/∂z = [r > 0] and dr to dz.
 */
export function leapfrogNet({ hidden, kernel = 3, step }: LeapfrogNetOptions): Network {
  const hiddenLayer = (u: tf.Tensor, { K, b }: Weights) => convolveBias(u, K!, b!, true);
  const value = (u: tf.Tensor, r: tf.Tensor, K: tf.Tensor) =>
    tf.tidy(() => tf.sub(tf.mul(2, u), tf.mul(step, convolveInput(r, K))));
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
    forward: (u, w) => tf.tidy(() => value(u, hiddenLayer(u, w), w.K!)),
    linearize(u, w) {
      const K = w.K!;
      const r = hiddenLayer(u, w);
      return {
        h: value(u, r, K),
        pullback: (dh) =>
          tf.tidy(() => {
            const dKt = tf.mul(step, convolveFilter(dh, r, K.shape));
            const slope = tf.step(r);
            r.dispose();
            const dz = tf.tidy(() => tf.mul(slope, convolve(dh, tf.mul(-step, K))));
            slope.dispose();
            const dK = tf.sub(convolveFilter(u, dz, K.shape), dKt);
            return { dx: tf.add(tf.mul(2, dh), convolveInput(dz, K)), dw: { K: dK, b: sumPerChannel(dz) } };
          }),
      };
    },
    pushforward: (u, du, { K, b }, { K: dK, b: db }) =>
      tf.tidy(() => {
        const z = convolveBias(u, K!, b!);
        const r = tf.relu(z);
        const dz = tf.add(convolve(du, K!), convolveBias(u, dK!, db!));
        const dr = tf.mul(dz, tf.step(z));
        const dTransposed = tf.add(convolveInput(dr, K!), convolveInput(r, dK!));
        return { h: value(u, r, K!), dh: tf.sub(tf.mul(2, du), tf.mul(step, dTransposed)) };
      }),
  });
}
