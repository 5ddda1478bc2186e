import * as tf from '@tensorflow/tfjs-core';
import { channels, halves, joinChannels } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { network } from '../network';

/**
 * Gated linear unit: the second half of the channels opens and closes the first.
 *
 *     h = z₁ ⊙ σ(z₂)      dh = dz₁ ⊙ σ(z₂) + h ⊙ (1 − σ(z₂)) ⊙ dz₂
 *
 * z: [batch, …spatial, 2n] → [batch, …spatial, n].   Dauphin et al. 2017, arXiv:1612.08083, eq. 1.
 */
export const glu = network({
  reads: { x: false, h: false },
  outputShape: (shape) => [...shape.slice(0, -1), channels(shape) / 2],
  weights: () => [],
  forward: (z) =>
    tf.tidy(() => {
      const [z1, z2] = halves(z);
      return tf.mul(z1, tf.sigmoid(z2));
    }),
  linearize(z) {
    const { h, gate } = tidy(() => {
      const [z1, z2] = halves(z);
      const gate = tf.sigmoid(z2);
      return { h: tf.mul(z1, gate), gate };
    });
    const kept = tf.clone(h);
    return {
      h,
      pullback(dh) {
        const dz = tf.tidy(() => {
          const d1 = tf.mul(dh, gate);
          const d2 = tf.mul(tf.mul(dh, kept), tf.sub(1, gate));
          return joinChannels([d1, d2]);
        });
        tf.dispose([gate, kept]);
        return { dx: dz, dw: {} };
      },
    };
  },
  pushforward: (z, dz) =>
    tf.tidy(() => {
      const [z1, z2] = halves(z);
      const [d1, d2] = halves(dz);
      const gate = tf.sigmoid(z2);
      const h = tf.mul(z1, gate);
      return { h, dh: tf.add(tf.mul(d1, gate), tf.mul(tf.mul(h, tf.sub(1, gate)), d2)) };
    }),
});
