import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { channels, perChannel, sumPerChannel } from '../tensors/channels';
import { weight } from '../weight-names';

/** A bijection, and a number for each channel that is added to what it puts out: y = b(x) + bias. Its log-det is that of b. */
export function biased(b: Bijection): Bijection {
  const plus = (t: tf.Tensor, w: Weights) => tf.add(t, perChannel(weight(w, 'bias'), t.rank));
  const minus = (t: tf.Tensor, w: Weights) => tf.sub(t, perChannel(weight(w, 'bias'), t.rank));
  return {
    ...b,
    weights(shape) {
      const size = [channels(shape)];
      return [...b.weights(shape), { name: 'bias', shape: size, initialize: () => tf.zeros(size) }];
    },
    forward(x, w) {
      const { y, logDet } = b.forward(x, w);
      return { y: plus(y, w), logDet };
    },
    inverse: (y, w) => b.inverse(minus(y, w), w),
    pullback(y, dy, dL, w) {
      const { dw, ...rest } = b.pullback(minus(y, w), dy, dL, w);
      return { ...rest, dw: { ...dw, bias: sumPerChannel(dy) } };
    },
    inversePullback(x, dx, dL, w) {
      const { y, dy, dw } = b.inversePullback(x, dx, dL, w);
      return { y: plus(y, w), dy, dw: { ...dw, bias: tf.neg(sumPerChannel(dy)) } };
    },
    pushforward(x, dx, w, dw) {
      const { y, dy, ...rest } = b.pushforward(x, dx, w, dw);
      return { y: plus(y, w), dy: plus(dy, dw), ...rest };
    },
    inversePushforward: (y, dy, w, dw) => b.inversePushforward(minus(y, w), minus(dy, dw), w, dw),
  };
}
