import * as tf from '@tensorflow/tfjs-core';

/**
 * A log-scale that is free within ±free and never leaves ±(free + π/2), so that a step too far can be undone again.
 *
 *     l = k + atan(h − k),  k = h clipped to [−free, free]      dl/dh = 1/(1 + (h − k)²)
 */
export function limited(free: number) {
  const clip = (h: tf.Tensor) => tf.clipByValue(h, -free, free);
  return {
    log(h: tf.Tensor) {
      const k = clip(h);
      return tf.add(k, tf.atan(tf.sub(h, k)));
    },
    slope: (h: tf.Tensor) => tf.reciprocal(tf.add(tf.square(tf.sub(h, clip(h))), 1)),
  };
}
