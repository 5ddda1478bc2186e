import * as tf from '@tensorflow/tfjs-core';
import { channels, type Shape, sumPerChannel, type Weights } from '../bijection';
import { InvertibleError, show } from '../errors';
import { heNormal } from '../random';
import type { Conditioner } from './conditioner';
import { convolve, convolveFilter, convolveInput } from './conv';

export interface NetOptions {
  /** Channels of the two hidden layers. Default 32. */
  hidden?: number;
  /** Size of the first and last kernel, odd; the middle one is 1. Ignored for vectors. Default 3. */
  kernel?: number;
}

/**
 * The conditioner of Glow, for any rank; on vectors its convolutions are dense layers.
 *
 *     a₁ = relu(x ⋆ W₁ + b₁)    a₂ = relu(a₁ ⋆ W₂ + b₂)    h = a₂ ⋆ W₃ + b₃
 *
 * W₃ and b₃ start at zero, so a fresh coupling is the identity. The condition is appended to the channels of x.
 * Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.3.
 */
export function convNet({ hidden = 32, kernel = 3 }: NetOptions = {}): Conditioner {
  if (kernel % 2 !== 1) {
    throw new InvertibleError({
      where: 'convNet',
      expected: 'an odd kernel size',
      came: String(kernel),
      remedy: 'Use kernel: 1, 3, 5, ….',
    });
  }
  return {
    weights(shape, out, condition) {
      const space = shape.slice(1, -1);
      const wide = space.map(() => kernel);
      const narrow = space.map(() => 1);
      const relu = (k: number, s: Shape) => [
        { name: `W${k}`, shape: s, initialize: (seed: number) => heNormal(s, seed) },
        zeros(`b${k}`, [channels(s)]),
      ];
      return [
        ...relu(1, [...wide, channels(shape) + (condition ? channels(condition) : 0), hidden]),
        ...relu(2, [...narrow, hidden, hidden]),
        zeros('W3', [...wide, hidden, out]),
        zeros('b3', [out]),
      ];
    },

    forward: (x, w, c) =>
      tf.tidy(() => {
        const a1 = tf.relu(tf.add(convolve(join(x, w, c), w.W1!), w.b1!));
        const a2 = tf.relu(tf.add(convolve(a1, w.W2!), w.b2!));
        return tf.add(convolve(a2, w.W3!), w.b3!);
      }),

    linearize(x, w, c) {
      const a0 = tf.tidy(() => join(x, w, c));
      const a1 = tf.tidy(() => tf.relu(tf.add(convolve(a0, w.W1!), w.b1!)));
      const a2 = tf.tidy(() => tf.relu(tf.add(convolve(a1, w.W2!), w.b2!)));
      const h = tf.tidy(() => tf.add(convolve(a2, w.W3!), w.b3!));
      return {
        h,
        pullback: (dh) => {
          const d2 = tf.tidy(() => tf.mul(convolveInput(dh, w.W3!), tf.step(a2)));
          const [W3, b3] = [convolveFilter(a2, dh, w.W3!.shape), tf.tidy(() => sumPerChannel(dh))];
          a2.dispose();
          const d1 = tf.tidy(() => tf.mul(convolveInput(d2, w.W2!), tf.step(a1)));
          const [W2, b2] = [convolveFilter(a1, d2, w.W2!.shape), tf.tidy(() => sumPerChannel(d2))];
          tf.dispose([a1, d2]);
          const d0 = convolveInput(d1, w.W1!);
          const [W1, b1] = [convolveFilter(a0, d1, w.W1!.shape), tf.tidy(() => sumPerChannel(d1))];
          tf.dispose(c ? [a0, d1] : [d1]);
          const dw = { W1, b1, W2, b2, W3, b3 };
          if (!c) return { dx: d0, dw };
          const [dx, dc] = tf.tidy(() => unjoin(d0, x, c));
          d0.dispose();
          return { dx, dw, dc };
        },
      };
    },

    pushforward: (x, dx, w, dw, c) =>
      tf.tidy(() => {
        const layer = (a: tf.Tensor, da: tf.Tensor, k: number) => ({
          z: tf.add(convolve(a, w[`W${k}`]!), w[`b${k}`]!),
          dz: tf.addN([convolve(da, w[`W${k}`]!), tf.add(convolve(a, dw[`W${k}`]!), dw[`b${k}`]!)]),
        });
        const relu = ({ z, dz }: { z: tf.Tensor; dz: tf.Tensor }) =>
          [tf.relu(z), tf.mul(dz, tf.step(z))] as const;
        const l1 = relu(layer(join(x, w, c), join(dx, w, c && tf.zerosLike(c)), 1));
        const l2 = relu(layer(l1[0], l1[1], 2));
        const { z, dz } = layer(l2[0], l2[1], 3);
        return { h: z, dh: dz };
      }),
  };
}

const zeros = (name: string, shape: Shape) => ({ name, shape, initialize: () => tf.zeros([...shape]) });

/** Appends the condition to the channels; a condition without spatial axes is the same at every pixel. */
function join(x: tf.Tensor, { W1 }: Weights, c?: tf.Tensor): tf.Tensor {
  const more = W1!.shape[W1!.rank - 2]! - channels(x.shape);
  if (more !== (c ? channels(c.shape) : 0)) {
    throw new InvertibleError({
      where: 'conditioner',
      expected: more === 0 ? 'no condition' : `a condition of ${more} channels`,
      came: c ? `one of shape ${show(c.shape)}` : 'none',
      remedy: 'Give the condition that the weights were made for.',
    });
  }
  if (!c) return x;
  const space = x.shape.slice(1, -1);
  const fits = c.rank === 2 || (c.rank === x.rank && space.every((n, i) => c.shape[i + 1] === n));
  if (!fits || c.shape[0] !== x.shape[0]) {
    throw new InvertibleError({
      where: 'conditioner',
      expected: `a condition ${show([x.shape[0]!, ...space, null])} or ${show([x.shape[0]!, null])}`,
      came: `shape ${show(c.shape)}`,
      remedy: 'Resize the condition to the spatial size of this layer, or summarise it to a vector.',
    });
  }
  return tf.concat([x, tf.add(spread(c, x.rank), tf.zeros([1, ...space, 1]))], -1);
}

const spread = (c: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(c, [c.shape[0]!, ...Array(rank - c.rank).fill(1), ...c.shape.slice(1)]);

function unjoin(d: tf.Tensor, x: tf.Tensor, c: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [dx, full] = tf.split(d, [channels(x.shape), channels(c.shape)], -1) as [tf.Tensor, tf.Tensor];
  const axes = x.shape.slice(1, -1).map((_, i) => i + 1);
  return [dx, c.rank === x.rank ? full : tf.sum(full, axes)];
}
