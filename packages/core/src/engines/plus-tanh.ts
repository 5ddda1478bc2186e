import * as tf from '@tensorflow/tfjs-core';

/** From −0.95 to 10⁴ for c, more iterations change nothing that float32 holds. */
const iterations = 12;

/**
 * The root t of t + c tanh t = k, element by element, c > −1.
 *
 *     t₀ = sign k · max(|k| − c, 0)      t ← t − (t + c tanh t − k)/(1 + c (1 − tanh² t))
 *
 * The left side is odd, and beyond 0 convex where c is below 0 and concave where it is above; t₀ lies on the side from which Newton's
 * iteration goes to the root without passing it, so that nothing needs to be read on the way.
 */
export function undoPlusTanh(k: tf.Tensor, c: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    let t: tf.Tensor = tf.mul(tf.sign(k), tf.relu(tf.sub(tf.abs(k), c)));
    for (let i = 0; i < iterations; i++) {
      const h = tf.tanh(t);
      const slope = tf.add(1, tf.mul(c, tf.sub(1, tf.square(h))));
      t = tf.sub(t, tf.div(tf.sub(tf.add(t, tf.mul(c, h)), k), slope));
    }
    return t;
  });
}
