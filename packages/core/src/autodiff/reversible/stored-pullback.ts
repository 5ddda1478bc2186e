import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Pullback, Weights } from '../../bijection';
import { tidy } from '../../tidy';
import { record } from '../nested-tape';

/** The pullback at a known input, from activations that a tape of its own stores meanwhile; nothing is rebuilt. */
export function storedPullback(
  bijection: Bijection,
  x: tf.Tensor,
  dy: tf.Tensor,
  dLogDet: tf.Tensor,
  w: Weights,
  c?: tf.Tensor,
): Pullback {
  return tidy(() => {
    const { y: paired, pullback } = record(() => {
      const { y, logDet } = bijection.forward(x, w, c);
      return tf.add(tf.sum(tf.mul(y, dy)), tf.sum(tf.mul(logDet, dLogDet)));
    });
    const names = Object.keys(w);
    const [dx = dy, ...rest] = pullback(tf.onesLike(paired), [x, ...Object.values(w), ...(c ? [c] : [])]);
    const dw = Object.fromEntries(names.map((name, i) => [name, rest[i] ?? dy]));
    const dc = c && rest[names.length];
    return { x: tf.clone(x), dx, dw, ...(dc && { dc }) };
  });
}
