import type * as tf from '@tensorflow/tfjs-core';
import { freeIfHandedOver } from '../tensors/hand-over';
import { tidy } from '../tidy';
import type { Reads, Source } from './sources';
import type { Transform } from './transform';

/**
 * One direction of v ↦ φ(v; h), the parameters h read from a source. Names as in `OneWay`. The pullback reads the source once:
 * the evaluation that rebuilds v is differentiated.
 */
export const conditioned = (way: Transform, source: Source) => ({
  forward: (v: tf.Tensor, from: Reads) => way.forward(v, source.read(v.shape, from)),
  pullback(y: tf.Tensor, dy: tf.Tensor, dL: tf.Tensor, from: Reads) {
    const { h, gather, pullback } = source.linearize(y.shape, from);
    // What φ needs on the way is freed before the gradient of a network begins.
    const { x, dx, d } = tidy(() => {
      const { x, dx, dh } = way.pullback(y, dy, dL, h);
      return { x, dx, d: gather(dh) };
    });
    freeIfHandedOver(...[y, dy].filter((t) => t !== x && t !== dx));
    return { x, dx, ...pullback(d) };
  },
  pushforward(v: tf.Tensor, dv: tf.Tensor, from: Reads, d: Reads) {
    const { h, dh } = source.pushforward(v.shape, from, d);
    return way.pushforward(v, dv, h, dh);
  },
});

export type Conditioned = ReturnType<typeof conditioned>;
