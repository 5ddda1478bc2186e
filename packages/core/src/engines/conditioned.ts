import type * as tf from '@tensorflow/tfjs-core';
import type { Pulled, Reads, Source } from './sources';
import type { Transform } from './transform';

/** One direction of v ↦ φ(v; h), the parameters h read from a source. Names as in `OneWay`. */
export interface Conditioned {
  forward(v: tf.Tensor, from: Reads): { y: tf.Tensor; logDet: tf.Tensor };
  pullback(y: tf.Tensor, dy: tf.Tensor, dL: tf.Tensor, from: Reads): Pulled & { x: tf.Tensor; dx: tf.Tensor };
  pushforward(
    v: tf.Tensor,
    dv: tf.Tensor,
    from: Reads,
    d: Reads,
  ): { y: tf.Tensor; dy: tf.Tensor; logDet: tf.Tensor; dLogDet: tf.Tensor };
}

/** A conditioned transform. The pullback reads the source once: the evaluation that rebuilds v is differentiated. */
export const conditioned = (way: Transform, source: Source): Conditioned => ({
  forward: (v, from) => way.forward(v, source.read(v.shape, from)),
  pullback(y, dy, dL, from) {
    const { h, pullback } = source.linearize(y.shape, from);
    const { x, dx, dh } = way.pullback(y, dy, dL, h);
    return { x, dx, ...pullback(dh) };
  },
  pushforward(v, dv, from, d) {
    const { h, dh } = source.pushforward(v.shape, from, d);
    return way.pushforward(v, dv, h, dh);
  },
});
