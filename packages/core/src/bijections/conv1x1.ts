import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape } from '../bijection';
import { define, everyRank } from '../define';
import { InvertibleError } from '../errors';
import { randomNormal } from '../random';

export interface Conv1x1Options {
  kind?: 'householder';
  /** Number of reflections. Default 3, or fewer when there are fewer channels. */
  reflections?: number;
}

/**
 * Invertible 1×1 convolution with an orthogonal matrix made of Householder reflections.
 *
 *     y = x W,  W = H₁ H₂ … H_k,  H = I − 2 v vᵀ / vᵀv      log|det J| = 0      x = y Wᵀ
 *     dv = −2 (M + Mᵀ) v / n + 4 (vᵀMv) v / n²,   n = vᵀv,  M = (H₁…)ᵀ (Σ xᵀdy) (…H_k)ᵀ
 *
 * x: [batch, …spatial, channels].   Putzky & Welling 2019, arXiv:1911.10914, section 3.2; Kingma & Dhariwal 2018, section 3.2.
 */
export const conv1x1 = define(
  { className: 'InvertibleConv1x1', source: 'Kingma & Dhariwal 2018, 3.2', logDet: '0', axes: everyRank },
  ({ kind = 'householder', reflections = 3 }: Conv1x1Options = {}): Bijection => {
    if (kind !== 'householder' || !Number.isInteger(reflections) || reflections < 1) {
      throw new InvertibleError({
        where: 'conv1x1',
        expected: "kind 'householder' and a positive integer number of reflections",
        came: `kind ${JSON.stringify(kind)}, reflections ${reflections}`,
        remedy: 'Leave both out for the defaults.',
      });
    }
    const same = (shape: readonly number[]) => {
      checkShape('conv1x1', shape);
      return [...shape];
    };
    const rows = (t: tf.Tensor) => tf.reshape(t, [-1, channels(t.shape)]) as tf.Tensor2D;
    const times = (t: tf.Tensor, W: tf.Tensor, transpose = false) =>
      tf.reshape(tf.matMul(rows(t), W as tf.Tensor2D, false, transpose), t.shape);
    const zeros = (t: tf.Tensor) => tf.zeros([t.shape[0]!]);
    return {
      name: 'conv1x1',
      outputShape: same,
      inputShape: same,
      weights(shape) {
        const size = [Math.min(reflections, channels(shape)), channels(shape)];
        return [{ name: 'V', shape: size, initialize: (seed) => randomNormal(size, seed) }];
      },
      forward: (x, w) => tf.tidy(() => ({ y: times(x, product(w.V!).W), logDet: zeros(x) })),
      inverse: (y, w) => tf.tidy(() => ({ x: times(y, product(w.V!).W, true), logDet: zeros(y) })),
      pullback: (y, dy, _, w) =>
        tf.tidy(() => {
          const p = product(w.V!);
          const x = times(y, p.W, true);
          return {
            x,
            dx: times(dy, p.W, true),
            dw: { V: p.pullback(tf.matMul(rows(x), rows(dy), true, false)) },
          };
        }),
      inversePullback: (x, dx, _, w) =>
        tf.tidy(() => {
          const p = product(w.V!);
          const y = times(x, p.W);
          return { y, dy: times(dx, p.W), dw: { V: p.pullback(tf.matMul(rows(dx), rows(y), true, false)) } };
        }),
      pushforward: (x, dx, w, dw) =>
        tf.tidy(() => {
          const p = product(w.V!);
          return {
            y: times(x, p.W),
            dy: tf.add(times(dx, p.W), times(x, p.pushforward(dw.V!))),
            logDet: zeros(x),
            dLogDet: zeros(x),
          };
        }),
      inversePushforward: (y, dy, w, dw) =>
        tf.tidy(() => {
          const p = product(w.V!);
          return {
            x: times(y, p.W, true),
            dx: tf.add(times(dy, p.W, true), times(y, p.pushforward(dw.V!), true)),
            logDet: zeros(y),
            dLogDet: zeros(y),
          };
        }),
    };
  },
);

/** W = H₁ … H_k with its derivative both ways; V: [k, channels], one v per row. */
function product(V: tf.Tensor) {
  const I = tf.eye(channels(V.shape));
  const vs = tf.unstack(V).map((v) => tf.reshape(v, [-1, 1]) as tf.Tensor2D);
  const outer = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.matMul(a, b, false, true);
  const norm = (v: tf.Tensor2D) => tf.sum(tf.square(v));
  const H = vs.map((v) => tf.sub(I, tf.mul(outer(v, v), tf.div(2, norm(v)))) as tf.Tensor2D);
  const left = [I];
  for (const h of H) left.push(tf.matMul(left.at(-1)!, h));
  const right = [I];
  for (const h of [...H].reverse()) right.unshift(tf.matMul(h, right[0]!));
  return {
    W: left[H.length]!,
    pullback: (G: tf.Tensor2D) =>
      tf.stack(
        vs.map((v, i) => {
          const n = norm(v);
          const M = tf.matMul(tf.matMul(left[i]!, G, true, false), right[i + 1]!, false, true);
          const Mv = tf.add(tf.matMul(M, v), tf.matMul(M, v, true, false));
          const vMv = tf.div(tf.sum(tf.mul(v, Mv)), 2);
          const dv = tf.add(tf.mul(Mv, tf.div(-2, n)), tf.mul(v, tf.div(tf.mul(4, vMv), tf.square(n))));
          return tf.reshape(dv, [-1]);
        }),
      ),
    pushforward: (dV: tf.Tensor): tf.Tensor =>
      tf.addN(
        tf.unstack(dV).map((row, i) => {
          const v = vs[i]!;
          const dv = tf.reshape(row, [-1, 1]) as tf.Tensor2D;
          const n = norm(v);
          const turn = tf.mul(tf.add(outer(dv, v), outer(v, dv)), tf.div(-2, n));
          const stretch = tf.mul(outer(v, v), tf.div(tf.mul(4, tf.sum(tf.mul(v, dv))), tf.square(n)));
          return tf.matMul(tf.matMul(left[i]!, tf.add(turn, stretch) as tf.Tensor2D), right[i + 1]!);
        }),
      ),
  };
}
