import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from './transformer';

/** u = γv + (1 − γ)h. With γ = 1 the velocity would only drift: then u = v + h. */
export function damp(gamma: number): Transformer<'force'> {
  const rest = gamma === 1 ? 1 : 1 - gamma;
  return {
    parameters: { force: 1 },
    given: ({ force: h }) => ({
      undo: (u) => tf.div(tf.sub(u, tf.mul(h, rest)), gamma),
      at: (v) => ({
        u: () => tf.add(tf.mul(v, gamma), tf.mul(h, rest)),
        logSlope: () => (gamma === 1 ? null : tf.scalar(Math.log(gamma))),
        slope: () => (gamma === 1 ? null : tf.scalar(gamma)),
        bend: () => null,
        pull: (du) => ({ force: [tf.mul(du, rest)] }),
        push: ({ force: dh }) => ({ du: tf.mul(dh, rest), dL: null }),
      }),
    }),
  };
}
