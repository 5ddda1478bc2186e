import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';

/** The same map, whose log-det does not count, since it is that of a condition. The first batch does not set it. */
export function withoutLogDet(b: Bijection): Bijection {
  const { initialize: _, ...rest } = b;
  const zeros = (t: tf.Tensor) => tf.zeros([t.shape[0]!]) as tf.Tensor;
  return {
    ...rest,
    forward: (x, w, c) => tf.tidy(() => ({ y: b.forward(x, w, c).y, logDet: zeros(x) })),
    inverse: (y, w, c) => tf.tidy(() => ({ x: b.inverse(y, w, c).x, logDet: zeros(y) })),
    pullback: (y, dy, _, w, c) => tf.tidy(() => ({ ...b.pullback(y, dy, zeros(y), w, c) })),
    inversePullback: (x, dx, _, w, c) => tf.tidy(() => ({ ...b.inversePullback(x, dx, zeros(x), w, c) })),
    pushforward: (x, dx, w, dw, c, dc) =>
      tf.tidy(() => {
        const { y, dy } = b.pushforward(x, dx, w, dw, c, dc);
        return { y, dy, logDet: zeros(x), dLogDet: zeros(x) };
      }),
    inversePushforward: (y, dy, w, dw, c, dc) =>
      tf.tidy(() => {
        const { x, dx } = b.inversePushforward(y, dy, w, dw, c, dc);
        return { x, dx, logDet: zeros(y), dLogDet: zeros(y) };
      }),
    ...(b.training && { training: (seed) => withoutLogDet(b.training!(seed)) }),
  };
}
