import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { batch, channels, pixels, withChannels } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { type Network, network } from '../network';

const sized = (shape: Shape) => withChannels(shape, channels(shape) / 3);

/** [batch, …spatial, groups·d] as [groups·batch, pixels, d], products of matrices one by one. */
function apart(t: tf.Tensor, groups: number): tf.Tensor {
  const [n, d] = [pixels(t.shape), channels(t.shape) / groups];
  const each = tf.transpose(tf.reshape(t, [batch(t), n, groups, d]), [2, 0, 1, 3]);
  return tf.reshape(each, [groups * batch(t), n, d]);
}

/** The way back, to a shape with its batch first. */
function together(t: tf.Tensor, shape: Shape): tf.Tensor {
  const each = tf.reshape(t, [-1, shape[0] ?? 1, pixels(shape), channels(t.shape)]);
  return tf.reshape(tf.transpose(each, [1, 2, 0, 3]), [...shape]);
}

/** P = softmax(q kᵀ), of queries that are scaled already. */
const looks = ({ q, k }: { q: tf.Tensor; k: tf.Tensor }) => tf.softmax(tf.matMul(q, k, false, true));

/** The derivative of softmax, its own transpose. */
function turn(P: tf.Tensor, t: tf.Tensor): tf.Tensor {
  const weighted = tf.mul(P, t);
  return tf.sub(weighted, tf.mul(P, tf.sum(weighted, -1, true)));
}

/**
 * Scaled dot products of `heads` queries, keys and values, which lie one after the other in the channels.
 *
 *     P = softmax(q kᵀ/√d)      h = P v      for each head, between all pixels of a sample
 *     dv = Pᵀ dh    dS = P ⊙ (dP − Σ P ⊙ dP), dP = dh vᵀ    dq = dS k/√d    dk = dSᵀ q/√d
 *
 * z: [batch, …spatial, 3·heads·d] → [batch, …spatial, heads·d]. P, [heads·batch, pixels, pixels], is kept for the pullback.
 * Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
 */
export function dotProducts(heads: number): Network {
  const cut = (z: tf.Tensor) => {
    const [q = z, k = z, v = z] = tf.split(apart(z, 3 * heads), 3);
    return { q: tf.mul(q, Math.sqrt(1 / channels(q.shape))), k, v };
  };
  return network({
    reads: { x: true, h: false },
    outputShape: (shape) => sized(shape),
    weights: () => [],
    forward: (z) =>
      tf.tidy(() => {
        const { v, ...by } = cut(z);
        return together(tf.matMul(looks(by), v), sized(z.shape));
      }),
    linearize(z) {
      const { h, P } = tidy(() => {
        const { v, ...by } = cut(z);
        const P = looks(by);
        return { h: together(tf.matMul(P, v), sized(z.shape)), P };
      });
      return {
        h,
        pullback(dh) {
          const dx = tf.tidy(() => {
            const { q, k, v } = cut(z);
            const dO = apart(dh, heads);
            const dS = turn(P, tf.matMul(dO, v, false, true));
            const dq = tf.mul(tf.matMul(dS, k), Math.sqrt(1 / channels(q.shape)));
            const [dk, dv] = [tf.matMul(dS, q, true), tf.matMul(P, dO, true)];
            return together(tf.concat([dq, dk, dv], 0), z.shape);
          });
          P.dispose();
          return { dx, dw: {} };
        },
      };
    },
    pushforward: (z, dz) =>
      tidy(() => {
        const [{ q, k, v }, { q: dq, k: dk, v: dv }] = [cut(z), cut(dz)];
        const P = looks({ q, k });
        const dS = tf.add(tf.matMul(dq, k, false, true), tf.matMul(q, dk, false, true));
        const dO = tf.add(tf.matMul(turn(P, dS), v), tf.matMul(P, dv));
        return { h: together(tf.matMul(P, v), sized(z.shape)), dh: together(dO, sized(z.shape)) };
      }),
  });
}
