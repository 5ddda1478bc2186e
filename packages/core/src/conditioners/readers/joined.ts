import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { refuse, show } from '../../errors';
import { batch, channels, joinEverywhere, splitAt, withChannels } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { network } from '../network';

/**
 * Appends the condition to the channels of x; a condition without spatial axes is the same at every pixel. Without a condition
 * x itself comes back.
 *
 * x: [batch, …spatial, C], c: [batch, …spatial, K] or [batch, K] → [batch, …spatial, C + K].
 */
export const joined = network({
  outputShape(shape, _, condition) {
    if (!condition) return [...shape];
    checkCondition(shape, condition);
    return withChannels(shape, channels(shape) + channels(condition));
  },
  weights: () => [],
  forward: (x, _, c) => tidy(() => join(x, c)),
  linearize(x, _, c) {
    const [from, given] = [x.shape, c?.shape];
    return {
      h: tidy(() => join(x, c)),
      pullback: (dh) => ({ ...(given ? unjoin(dh, from, given) : { dx: dh }), dw: {} }),
    };
  },
  pushforward: (x, dx, _w, _dw, c, dc = c && tf.zerosLike(c)) => ({ h: join(x, c), dh: join(dx, dc) }),
});

const join = (x: tf.Tensor, c: tf.Tensor | undefined) => (c ? joinEverywhere([x, c]) : x);

const unjoin = (d: tf.Tensor, x: Shape, c: Shape): { dx: tf.Tensor; dc: tf.Tensor } =>
  tidy(() => {
    const [dx, full] = splitAt(d, channels(x));
    return { dx, dc: c.length === x.length ? full : sumPerFeature(full) };
  });

/** Σ over the pixels of each sample. */
const sumPerFeature = (t: tf.Tensor) => tf.sum(tf.reshape(t, [batch(t), -1, channels(t.shape)]), 1);

function checkCondition(x: Shape, c: Shape): void {
  const space = x.slice(1, -1);
  if (c.length === 2 || (c.length === x.length && space.every((n, i) => c[i + 1] === n || Number.isNaN(n))))
    return;
  const expected = `a condition ${show([null, ...space, null])} or ${show([null, null])}`;
  const remedy = 'Resize the condition to the spatial size of this layer, or summarise it to a vector.';
  refuse('conditioner', expected, `shape ${show(c)}`, remedy);
}
