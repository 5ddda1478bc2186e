import * as tf from '@tensorflow/tfjs-core';
import { type Network, network } from '../network';

/** h = x + f(x), for a part f that keeps the shape. */
export const skip = (f: Network): Network =>
  network({
    reads: { x: f.reads.x, h: false },
    outputShape: (shape) => [...shape],
    weights: f.weights,
    forward: (x, w) => tf.tidy(() => tf.add(x, f.forward(x, w))),
    linearize(x, w) {
      const { h, pullback } = f.linearize(x, w);
      const sum = tf.add(x, h);
      if (!f.reads.h) h.dispose();
      return {
        h: sum,
        pullback(dh) {
          const { dx, dw } = pullback(dh);
          const both = tf.add(dh, dx);
          tf.dispose([dx, h]);
          return { dx: both, dw };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const { h, dh } = f.pushforward(x, dx, w, dw);
        return { h: tf.add(x, h), dh: tf.add(dx, dh) };
      }),
  });
