import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Shape, Weights } from '../bijection';
import type { SummaryNetwork } from '../conditioners/summary-network';
import { refuse } from '../errors';
import { specsWithPrefix, withoutPrefix, withPrefix } from '../weight-names';

/**
 * A conditional bijection that is told a summary of its condition; both are trained together.
 *
 *     y = b(x; s(c))      log|det J| = log|det ∂b/∂x|      x = b⁻¹(y; s(c))
 *
 * s: any network, evaluated once per pass. Its weights are named `key/name`, those of b as they are.
 * Radev et al. 2020, arXiv:2003.06281, section 2.3.
 *
 * ```ts
 * const posterior = core.embedCondition(core.realNvp({ layers: 2, hidden: 8 }), core.deepSet({ hidden: 8, out: 4 }));
 * const w = core.createWeights(posterior, [1, 2], { condition: [1, 10, 3] });
 * const seen = tf.randomNormal([5, 20, 3]); // five sets of 20 observations
 * const { x } = posterior.inverse(tf.randomNormal([5, 2]), w, seen);
 * ```
 */
export function embedCondition(b: Bijection, s: SummaryNetwork, key = 'summary'): Bijection {
  const prefix = `${key}/`;
  const required = <C extends Shape | tf.Tensor>(c: C | undefined): C => {
    if (c) return c;
    refuse(b.name, 'a condition', 'none', 'Give the condition as the second input.');
  };
  const its = (w: Weights) => withoutPrefix(w, prefix);
  const see = (w: Weights, c: tf.Tensor | undefined) => s.forward(required(c), its(w));
  const own = (w: Weights): Weights =>
    Object.fromEntries(Object.entries(w).filter(([name]) => !name.startsWith(prefix)));
  /** Where the condition is seen, and the way back from the cotangent of s(c) to those of c and of the weights of s. */
  const look = (w: Weights, c: tf.Tensor | undefined) => {
    const { h, pullback } = s.linearize(required(c), its(w));
    return {
      h,
      back: (dh = tf.zerosLike(h), dw: Weights) => {
        const q = pullback(dh);
        return { dw: { ...dw, ...withPrefix(prefix, q.dw) }, dc: q.dx };
      },
    };
  };
  const push = (w: Weights, dw: Weights, c: tf.Tensor | undefined, dc: tf.Tensor | undefined) => {
    const given = required(c);
    return s.pushforward(given, dc ?? tf.zerosLike(given), its(w), its(dw));
  };
  return {
    ...b,
    weights: (shape, condition) => {
      const c = required(condition);
      return [...specsWithPrefix(prefix, s.weights(c)), ...b.weights(shape, s.outputShape(c))];
    },
    members: (shape, condition) => {
      const c = required(condition);
      const inner = s.outputShape(c);
      return [
        { key, part: { name: 'of the condition', ...s }, shape: c },
        ...(b.members?.(shape, inner) ?? [{ key: b.name, part: b, shape, condition: inner }]),
      ];
    },
    forward: (x, w, c) => tf.tidy(() => b.forward(x, own(w), see(w, c))),
    inverse: (y, w, c) => tf.tidy(() => b.inverse(y, own(w), see(w, c))),
    pullback: (y, dy, dL, w, c) =>
      tf.tidy(() => {
        const { h, back } = look(w, c);
        const { x, dx, dw, dc } = b.pullback(y, dy, dL, own(w), h);
        return { x, dx, ...back(dc, dw) };
      }),
    inversePullback: (x, dx, dL, w, c) =>
      tf.tidy(() => {
        const { h, back } = look(w, c);
        const { y, dy, dw, dc } = b.inversePullback(x, dx, dL, own(w), h);
        return { y, dy, ...back(dc, dw) };
      }),
    pushforward: (x, dx, w, dw, c, dc) =>
      tf.tidy(() => {
        const { h, dh } = push(w, dw, c, dc);
        return { ...b.pushforward(x, dx, own(w), own(dw), h, dh) };
      }),
    inversePushforward: (y, dy, w, dw, c, dc) =>
      tf.tidy(() => {
        const { h, dh } = push(w, dw, c, dc);
        return { ...b.inversePushforward(y, dy, own(w), own(dw), h, dh) };
      }),
    ...((b.training || s.training) && {
      training: (seed: number) =>
        embedCondition(b.training?.(seed) ?? b, s.training?.(seed + 15_485_863) ?? s, key),
    }),
    ...((b.initialize || s.initialize) && {
      initialize: (input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor) =>
        tf.tidy(() => {
          const fresh = withPrefix(prefix, s.initialize?.(required(c), its(w)) ?? {});
          const h = see({ ...w, ...fresh }, c);
          return { ...fresh, ...b.initialize?.(input, own(w), direction, h) };
        }),
    }),
  };
}
