import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { channels, pixels } from './channels';
import { orderBack } from './reordered';

/**
 * The pixels of even places come first in the channels, those of odd places behind them, each cut into two pixels of half as many.
 *
 *     y[2m + s] = [x[eₘ] half s, x[oₘ] half s],   eₘ the m-th pixel of an even sum of indices, oₘ that of an odd one
 *
 * A permutation that keeps the shape: [batch, …spatial, C], C and the number of pixels even.
 */
export function checkerboard(name: string) {
  const orderOf = (shape: Shape) => {
    const places = Array.from({ length: pixels(shape) }, (_, i) => i);
    const even = places.filter((i) => parity(i, shape) === 0);
    const odd = places.filter((i) => parity(i, shape) === 1);
    if (even.length !== odd.length || channels(shape) % 2 !== 0) {
      const expected = 'an even number of pixels and of channels';
      refuse(name, expected, `shape ${show(shape)}`, 'Take another patch, or crop the input.');
    }
    return [...even, ...odd];
  };
  /** [batch, pixels, C] in an order of the pixels. */
  const gathered = (t: tf.Tensor, shape: Shape, order: readonly number[]) =>
    tf.gather(
      tf.reshape(t, [shape[0] ?? 1, pixels(shape), channels(shape)]),
      tf.tensor1d([...order], 'int32'),
      1,
    );
  return {
    apply(x: tf.Tensor): tf.Tensor {
      const parts = gathered(x, x.shape, orderOf(x.shape));
      const halves = tf.reshape(parts, [x.shape[0] ?? 1, 2, pixels(x.shape), channels(x.shape) / 2]);
      return tf.reshape(tf.transpose(halves, [0, 2, 1, 3]), x.shape);
    },
    undo(y: tf.Tensor): tf.Tensor {
      const halves = tf.reshape(y, [y.shape[0] ?? 1, pixels(y.shape), 2, channels(y.shape) / 2]);
      const parts = tf.transpose(halves, [0, 2, 1, 3]);
      return tf.reshape(gathered(parts, y.shape, orderBack(orderOf(y.shape))), y.shape);
    },
  };
}

/** Of the sum of the indices of the i-th pixel. */
function parity(i: number, shape: Shape): number {
  let [sum, rest] = [0, i];
  for (const n of shape.slice(1, -1).reverse()) {
    sum += rest % n;
    rest = Math.floor(rest / n);
  }
  return sum % 2;
}
