import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../tensors/channels';

/** A map of images of one channel, on every channel by itself: they become samples, and channels again. */
export function channelwise(x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const n = channels(x.shape);
    if (n === 1) return f(x);
    const [batch, ...space] = x.shape.slice(0, -1);
    const apart = tf.transpose(tf.reshape(x, [batch!, -1, n]), [0, 2, 1]);
    const y = f(tf.reshape(apart, [batch! * n, ...space, 1]));
    const together = tf.transpose(tf.reshape(y, [batch!, n, -1]), [0, 2, 1]);
    return tf.reshape(together, [batch!, ...y.shape.slice(1, -1), n]);
  });
}
