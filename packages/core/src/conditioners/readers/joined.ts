import * as tf from '@tensorflow/tfjs-core';
import { channels, pixels, type Shape, type Weights } from '../../bijection';
import { refuse, show } from '../../errors';
import { joinChannels, splitChannels } from '../../tensors/channels';
import type { Reader } from '../network';

/**
 * Appends the condition to the channels of x; a condition without spatial axes is the same at every pixel.
 *
 * x: [batch, …spatial, C], c: [batch, …spatial, K] or [batch, K] → [batch, …spatial, C + K]. The network's first convolution,
 * whose weight is W1, reads patches of `stride` pixels along each axis.
 */
export function joined(stride: number): Reader {
  const join = (x: tf.Tensor, c: tf.Tensor | undefined) =>
    c ? joinChannels([x, everywhere(c, x.shape)]) : x;
  const checked = (x: tf.Tensor, { W1 }: Weights, c: tf.Tensor | undefined) => {
    const patch = stride ** (x.rank - 2);
    check(x.shape, W1!.shape[W1!.rank - 2]! / patch - channels(x.shape), c?.shape);
  };
  return {
    outputShape: (shape, condition) => [
      ...shape.slice(0, -1),
      channels(shape) + (condition ? channels(condition) : 0),
    ],
    weights: () => [],
    forward(x, w, c) {
      checked(x, w, c);
      return tf.tidy(() => join(x, c));
    },
    linearize(x, w, c) {
      checked(x, w, c);
      const [from, given] = [x.shape, c?.shape];
      return {
        h: tf.tidy(() => join(x, c)),
        pullback: (dh) => ({ ...(given ? unjoin(dh, from, given) : { dx: dh }), dw: {} }),
      };
    },
    pushforward(x, dx, w, _, c, dc = c && tf.zerosLike(c)) {
      checked(x, w, c);
      return { h: join(x, c), dh: join(dx, dc) };
    },
  };
}

const everywhere = (c: tf.Tensor, x: Shape): tf.Tensor => {
  if (c.rank === x.length) return c;
  const [batch, features] = c.shape as [number, number];
  const spread = tf.add(tf.reshape(c, [batch, 1, features]), tf.zeros([1, pixels(x), 1]));
  return tf.reshape(spread, [...x.slice(0, -1), features]);
};

const unjoin = (d: tf.Tensor, x: Shape, c: Shape): { dx: tf.Tensor; dc: tf.Tensor } =>
  tf.tidy(() => {
    const [dx, full] = splitChannels(d, [channels(x), channels(c)]) as [tf.Tensor, tf.Tensor];
    return { dx, dc: c.length === x.length ? full : sumPerFeature(full) };
  });

/** Σ over the pixels of each sample. */
const sumPerFeature = (t: tf.Tensor) => tf.sum(tf.reshape(t, [t.shape[0]!, -1, channels(t.shape)]), 1);

function check(x: Shape, more: number, c: Shape | undefined): void {
  if (more !== (c ? channels(c) : 0)) {
    refuse(
      'conditioner',
      more === 0 ? 'no condition' : `a condition of ${more} channels`,
      c ? `one of shape ${show(c)}` : 'none',
      'Give the condition that the weights were made for.',
    );
  }
  if (!c) return;
  const space = x.slice(1, -1);
  const fits = c.length === 2 || (c.length === x.length && space.every((n, i) => c[i + 1] === n));
  if (!fits || c[0] !== x[0]) {
    refuse(
      'conditioner',
      `a condition ${show([x[0]!, ...space, null])} or ${show([x[0]!, null])}`,
      `shape ${show(c)}`,
      'Resize the condition to the spatial size of this layer, or summarise it to a vector.',
    );
  }
}
