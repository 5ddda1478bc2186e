import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Shape, Weights } from '../bijection';
import { InvertibleError } from '../errors';
import { specsWithPrefix, withoutPrefix, withPrefix } from '../prefix';

/**
 * A conditional bijection whose condition goes through another bijection p first.
 *
 *     y = b(x; p(c))      log|det J| = log|det ∂b/∂x|: the log-det of p is that of no density of x
 *
 * The weights of p are named `key/name`, those of b as they are.
 */
export function prepared(b: Bijection, p: Bijection, key: string): Bijection {
  const prefix = `${key}/`;
  const required = <C extends Shape | tf.Tensor>(c: C | undefined): C => {
    if (c) return c;
    throw new InvertibleError({
      where: b.name,
      expected: 'a condition',
      came: 'none',
      remedy: 'Give the condition as the second input.',
    });
  };
  const see = (w: Weights, c: tf.Tensor | undefined) => p.forward(required(c), withoutPrefix(w, prefix)).y;
  const own = (w: Weights): Weights =>
    Object.fromEntries(Object.entries(w).filter(([name]) => !name.startsWith(prefix)));
  /** From the cotangent of p(c) to those of c and of the weights of p. */
  const back = (pc: tf.Tensor, dpc: tf.Tensor | undefined, dw: Weights, w: Weights) => {
    const zero = tf.zeros([pc.shape[0]!]);
    const q = p.pullback(pc, dpc ?? tf.zerosLike(pc), zero, withoutPrefix(w, prefix));
    return { dw: { ...dw, ...withPrefix(prefix, q.dw) }, dc: q.dx };
  };
  const push = (w: Weights, dw: Weights, c: tf.Tensor | undefined, dc: tf.Tensor | undefined) => {
    const given = required(c);
    const of = (t: Weights) => withoutPrefix(t, prefix);
    return p.pushforward(given, dc ?? tf.zerosLike(given), of(w), of(dw));
  };
  return {
    ...b,
    weights: (shape, condition) => {
      const c = required(condition);
      return [...specsWithPrefix(prefix, p.weights(c)), ...b.weights(shape, p.outputShape(c))];
    },
    forward: (x, w, c) => tf.tidy(() => b.forward(x, own(w), see(w, c))),
    inverse: (y, w, c) => tf.tidy(() => b.inverse(y, own(w), see(w, c))),
    pullback: (y, dy, dL, w, c) =>
      tf.tidy(() => {
        const pc = see(w, c);
        const { x, dx, dw, dc } = b.pullback(y, dy, dL, own(w), pc);
        return { x, dx, ...back(pc, dc, dw, w) };
      }),
    inversePullback: (x, dx, dL, w, c) =>
      tf.tidy(() => {
        const pc = see(w, c);
        const { y, dy, dw, dc } = b.inversePullback(x, dx, dL, own(w), pc);
        return { y, dy, ...back(pc, dc, dw, w) };
      }),
    pushforward: (x, dx, w, dw, c, dc) =>
      tf.tidy(() => {
        const { y: pc, dy: dpc } = push(w, dw, c, dc);
        return { ...b.pushforward(x, dx, own(w), own(dw), pc, dpc) };
      }),
    inversePushforward: (y, dy, w, dw, c, dc) =>
      tf.tidy(() => {
        const { y: pc, dy: dpc } = push(w, dw, c, dc);
        return { ...b.inversePushforward(y, dy, own(w), own(dw), pc, dpc) };
      }),
    ...(b.training && { training: (seed: number) => prepared(b.training!(seed), p, key) }),
    ...(b.initialize && {
      initialize: (input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor) =>
        tf.tidy(() => b.initialize!(input, own(w), direction, see(w, c))),
    }),
  };
}
