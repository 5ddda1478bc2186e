import * as tf from '@tensorflow/tfjs-core';
import { refuse, show } from '../../errors';
import { randomNormal } from '../../random';
import { batch, channels, pixels } from '../../tensors/channels';
import { weight } from '../../weight-names';
import { network } from '../network';

/** t + P at every pixel of every sample. */
const placed = (t: tf.Tensor, P: tf.Tensor) => {
  if (P.shape[0] !== pixels(t.shape)) {
    refuse('positions', `${P.shape[0]} pixels`, `shape ${show(t.shape)}`, 'Make the weights for this size.');
  }
  return tf.tidy(() => tf.reshape(tf.add(tf.reshape(t, [batch(t), ...P.shape]), tf.expandDims(P)), t.shape));
};

/**
 * Tells pixels apart: a learned number for each channel of each pixel is added, which ties the network to one size.
 *
 *     h = x + P
 *
 * x: [batch, …spatial, C], P: [pixels, C], which starts normal with deviation 1/√C.   Dosovitskiy et al. 2021, arXiv:2010.11929, eq. 1.
 */
export const positions = network({
  reads: { x: false, h: false },
  outputShape: (shape) => [...shape],
  weights(shape) {
    const each = [pixels(shape), channels(shape)];
    if (each.some(Number.isNaN)) {
      refuse('positions', 'known spatial sizes', `shape ${show(shape)}`, 'Give the input shape in full.');
    }
    const deviation = 1 / Math.sqrt(channels(shape));
    return [{ name: 'P', shape: each, initialize: (seed) => randomNormal(each, seed, deviation) }];
  },
  forward: (x, w) => placed(x, weight(w, 'P')),
  linearize: (x, w) => ({
    h: placed(x, weight(w, 'P')),
    pullback: (dh) => ({
      dx: tf.clone(dh),
      dw: { P: tf.tidy(() => tf.sum(tf.reshape(dh, [batch(dh), ...weight(w, 'P').shape]), 0)) },
    }),
  }),
  pushforward: (x, dx, w, dw) => ({ h: placed(x, weight(w, 'P')), dh: placed(dx, weight(dw, 'P')) }),
});
