import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, type Shape, type Weights } from '../bijection';
import type { Conditioner } from '../conditioners/conditioner';
import { type ConditionerSpec, conditionerFrom } from '../conditioners/conditioner-of';
import type { NetOptions } from '../conditioners/conv-net';
import { defineBijection, everyRank } from '../define';
import { lane } from '../engines/conditioned';
import { refuse, show } from '../errors';
import { type AffineMapOptions, affineMap } from '../transformers/affine';

export interface ConditionalAffineOptions extends AffineMapOptions, NetOptions {
  /** The network of the condition, instead of `hidden`, `kernel` and `activation`: one of ours as data, or any other. */
  conditioner?: ConditionerSpec | Conditioner;
}

/**
 * Conditional affine map: the condition scales and shifts every channel of x. With the condition x₁ it is the affine
 * coupling of two tensors, (x₁, x₂) ↦ (x₁, y₂).
 *
 *     y = eˡ ⊙ x + t,  l, t from h(c)      log|det J| = Σ l  per sample      x = (y − t) ⊙ e⁻ˡ
 *
 * x: [batch, …spatial, channels]; c: [batch, features], the same at every pixel, or [batch, …spatial, features].
 * Ardizzone et al. 2019, arXiv:1907.02392, section 3.2; Winkler et al. 2019, arXiv:1912.00042, eq. 7.
 */
export const conditionalAffine = defineBijection(
  {
    className: 'InvertibleConditionalAffine',
    source: 'Winkler et al. 2019, eq. 7',
    logDet: 'Σ log s',
    axes: everyRank,
  },
  (options: ConditionalAffineOptions = {}): Bijection => {
    const name = 'conditionalAffine';
    const own = conditionerFrom(options);
    const net = spread(own);
    const move = (space: Shape) => lane(affineMap(name, options), net(space));
    const same = (shape: Shape) => {
      checkShape(name, shape);
      return [...shape];
    };
    const required = (x: Shape, c: Shape | undefined): Shape => {
      const space = x.slice(1, -1);
      const fits = c && (c.length === 2 || (c.length === x.length && space.every((n, i) => c[i + 1] === n)));
      if (fits) return c;
      refuse(
        name,
        `a condition ${show([x[0]!, null])} or ${show([x[0]!, ...space, null])}`,
        c ? `shape ${show(c)}` : 'none',
        'Give the condition as the second input: its network is all that moves x.',
      );
    };
    const at = (t: tf.Tensor, c: tf.Tensor | undefined) => {
      required(t.shape, c?.shape);
      return { u: c!, ...move(t.shape.slice(1, -1)) };
    };
    const pulled = ({ du, dw }: { du: tf.Tensor; dw: Weights }) => ({ dw, dc: du });
    return {
      name,
      outputShape: same,
      inputShape: same,
      weights: (shape, condition) =>
        move(shape.slice(1, -1)).weights(required(same(shape), condition), channels(shape)),
      forward: (x, w, c) =>
        tf.tidy(() => {
          const { u, forward } = at(x, c);
          return forward(x, u, w);
        }),
      inverse: (y, w, c) =>
        tf.tidy(() => {
          const { u, inverse } = at(y, c);
          const { v: x, logDet } = inverse(y, u, w);
          return { x, logDet };
        }),
      pullback: (y, dy, dL, w, c) =>
        tf.tidy(() => {
          const { u, pullback } = at(y, c);
          const p = pullback(y, dy, dL, u, w);
          return { x: p.v, dx: p.dv, ...pulled(p) };
        }),
      inversePullback: (x, dx, dL, w, c) =>
        tf.tidy(() => {
          const { u, inversePullback } = at(x, c);
          const p = inversePullback(x, dx, dL, u, w);
          return { y: p.y, dy: p.dy, ...pulled(p) };
        }),
      pushforward: (x, dx, w, dw, c, dc) =>
        tf.tidy(() => {
          const { u, pushforward } = at(x, c);
          return pushforward([x, dx], [u, dc ?? tf.zerosLike(u)], w, dw);
        }),
      inversePushforward: (y, dy, w, dw, c, dc) =>
        tf.tidy(() => {
          const { u, inversePushforward } = at(y, c);
          const { v: x, dv: dx, ...rest } = inversePushforward([y, dy], [u, dc ?? tf.zerosLike(u)], w, dw);
          return { x, dx, ...rest };
        }),
      ...(own.training && {
        training: (seed: number) => conditionalAffine({ ...options, conditioner: own.training!(seed) }),
      }),
    };
  },
);

/** A network whose output is the same at every pixel of `space` where its input is a vector. */
const spread =
  (net: Conditioner) =>
  (space: Shape): Conditioner => {
    const every = (h: tf.Tensor) =>
      h.rank === space.length + 2
        ? h
        : tf.add(
            tf.reshape(h, [h.shape[0]!, ...space.map(() => 1), channels(h.shape)]),
            tf.zeros([1, ...space, 1]),
          );
    const gather = (dh: tf.Tensor, rank: number) =>
      dh.rank === rank
        ? dh
        : tf.sum(
            dh,
            space.map((_, i) => i + 1),
          );
    return {
      weights: net.weights,
      forward: (u, w) => every(net.forward(u, w)),
      linearize(u, w) {
        const { h, pullback } = net.linearize(u, w);
        return { h: every(h), pullback: (dh) => pullback(gather(dh, h.rank)) };
      },
      pushforward(u, du, w, dw) {
        const { h, dh } = net.pushforward(u, du, w, dw);
        return { h: every(h), dh: every(dh) };
      },
    };
  };
