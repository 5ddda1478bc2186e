import * as tf from '@tensorflow/tfjs-core';
import { channels, joinChannels, splitAt } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { type Network, network } from '../network';

/** h = [x, f(x)], beside each other in the channels, for a part f that keeps the spatial sizes. */
export const beside = (f: Network): Network =>
  network({
    reads: { x: f.reads.x, h: false },
    outputShape: (shape, out) => [
      ...shape.slice(0, -1),
      channels(shape) + channels(f.outputShape(shape, out)),
    ],
    weights: f.weights,
    forward: (x, w) => tf.tidy(() => joinChannels([x, f.forward(x, w)])),
    linearize(x, w) {
      const { h, pullback } = f.linearize(x, w);
      const n = channels(x.shape);
      const all = tf.tidy(() => joinChannels([x, h]));
      if (!f.reads.h) h.dispose();
      return {
        h: all,
        pullback(dh) {
          const [own, inner] = tidy(() => splitAt(dh, n));
          const { dx, dw } = pullback(inner);
          const sum = tf.add(own, dx);
          tf.dispose([own, inner, dx, h]);
          return { dx: sum, dw };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const { h, dh } = f.pushforward(x, dx, w, dw);
        return { h: joinChannels([x, h]), dh: joinChannels([dx, dh]) };
      }),
  });
