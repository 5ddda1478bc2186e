import * as tf from '@tensorflow/tfjs-core';
import { network } from './network';

/** The network that hands on what it reads: h = u. A condition is ignored. */
export const identityNet = network({
  weights: () => [],
  forward: (u) => tf.clone(u),
  linearize: (u) => ({ h: tf.clone(u), pullback: (dh) => ({ dx: tf.clone(dh), dw: {} }) }),
  pushforward: (u, du) => ({ h: tf.clone(u), dh: tf.clone(du) }),
});
