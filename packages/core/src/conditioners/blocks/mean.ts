import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { batch, channels, pixels } from '../../tensors/channels';
import { network } from '../network';

/**
 * The mean over all pixels, or members of a set.
 *
 *     h = (1/n) Σᵢ xᵢ      dxᵢ = dh / n
 *
 * x: [batch, …spatial, C], n pixels → [batch, C].
 */
export const mean = network({
  reads: { x: false, h: false },
  outputShape: (shape) => [shape[0]!, channels(shape)],
  weights: () => [],
  forward: (x) => average(x),
  linearize(x) {
    const shape = x.shape;
    return { h: average(x), pullback: (dh) => ({ dx: spread(dh, shape), dw: {} }) };
  },
  pushforward: (x, dx) => ({ h: average(x), dh: average(dx) }),
});

const average = (x: tf.Tensor) =>
  tf.tidy(() => tf.mean(tf.reshape(x, [x.shape[0], -1, channels(x.shape)]), 1));

const spread = (dh: tf.Tensor, shape: Shape) =>
  tf.tidy(() => {
    const n = pixels(shape);
    const each = tf.div(tf.reshape(dh, [batch(dh), 1, channels(dh.shape)]), n);
    return tf.reshape(tf.add(each, tf.zeros([1, n, 1])), [...shape]);
  });
