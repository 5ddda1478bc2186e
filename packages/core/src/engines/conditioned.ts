import type * as tf from '@tensorflow/tfjs-core';
import type { Reads, Source } from './sources';
import type { Transform } from './transform';

/**
 * One direction of v ↦ φ(v; h), the parameters h read from a source. Names as in `OneWay`. The pullback reads the source once:
 * the evaluation that rebuilds v is differentiated.
 */
export const conditioned = (way: Transform, source: Source) => ({
  forward: (v: tf.Tensor, from: Reads) => way.forward(v, source.read(v.shape, from)),
  pullback(y: tf.Tensor, dy: tf.Tensor, dL: tf.Tensor, from: Reads) {
    const { h, pullback } = source.linearize(y.shape, from);
    const { x, dx, dh } = way.pullback(y, dy, dL, h);
    return { x, dx, ...pullback(dh) };
  },
  pushforward(v: tf.Tensor, dv: tf.Tensor, from: Reads, d: Reads) {
    const { h, dh } = source.pushforward(v.shape, from, d);
    return way.pushforward(v, dv, h, dh);
  },
});

export type Conditioned = ReturnType<typeof conditioned>;
