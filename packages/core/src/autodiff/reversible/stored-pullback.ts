import type * as tf from '@tensorflow/tfjs-core';
import type { Cotangents, OneWay, Weights } from '../../bijection';
import { tidy } from '../../tidy';
import { recordAll } from '../nested-tape';

/** The output, and the cotangents of all inputs. */
interface AtInput extends Cotangents {
  y: tf.Tensor;
  dx: tf.Tensor;
}

/** The pullback at a known input, from activations that a tape of its own stores meanwhile; nothing is rebuilt. */
export function storedPullback(
  { forward }: Pick<OneWay, 'forward'>,
  x: tf.Tensor,
  dy: tf.Tensor,
  dLogDet: tf.Tensor,
  w: Weights,
  c?: tf.Tensor,
): AtInput {
  return tidy(() => {
    const made = recordAll(() => {
      const { y, logDet } = forward(x, w, c);
      return [y, logDet];
    });
    const names = Object.keys(w);
    const [dx = dy, ...rest] = made.pullback([dy, dLogDet], [x, ...Object.values(w), ...(c ? [c] : [])]);
    const dw = Object.fromEntries(names.map((name, i) => [name, rest[i] ?? dy]));
    const dc = c && rest[names.length];
    return { y: made.y[0] ?? x, dx, dw, ...(dc && { dc }) };
  });
}
