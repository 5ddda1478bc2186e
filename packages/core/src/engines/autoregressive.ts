import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Weights } from '../bijection';
import { bothWays } from '../directions';
import { channels } from '../tensors/channels';
import { type Site, sitesOf } from '../tensors/sites';
import { tidy } from '../tidy';
import type { Transformer } from '../transformers/transformer';
import { present, weight } from '../weight-names';
import { conditioned } from './conditioned';
import type { Source } from './sources';
import { back, there, within } from './transform';

/** In which order the numbers of a sample come. */
export interface Ordering {
  order(channels: number): readonly number[];
  /** One pixel after the other. Else every pixel by its own channels alone, all pixels at once. */
  byPixel: boolean;
}

/**
 * A transformer whose parameters for each number are read from the numbers before it.
 *
 *     yᵢ = φ(xᵢ; hᵢ(x₁ … xᵢ₋₁, c))        log|det J| = Σ log|φ′|
 *     xᵢ = φ⁻¹(yᵢ; hᵢ(x₁ … xᵢ₋₁, c))      i = 1 … D
 *
 * Forward is one evaluation of h, the inverse D + 1: each finds one number of every sample, and is freed before the next. So does
 * the calculus of the inverse. J is triangular, and its solutions follow by substitution, tangents from the first number on,
 * cotangents g of x from the last: of what conditioned φ⁻¹ adds for a known x, with N = ∂h/∂x strictly triangular,
 *
 *     dx = ∂φ⁻¹·(dy, N dx + ∂h/∂(w, c)·d(w, c))      g = dx + Nᵀ·(∂φ⁻¹/∂h)ᵀ·(g, dL)      dy = (∂φ⁻¹/∂y)ᵀ·(g, dL)
 *
 * That of the inverse reads x for every number: each reading gets a name of x of its own, which it may free.
 */
export function autoregressive(name: string, phi: Transformer, source: Source, order: Ordering): Bijection {
  const ahead = conditioned(within(name, phi.domain, there(phi)), source);
  const behind = conditioned(within(`inverse of ${name}`, phi.image, back(phi)), source);
  const sites = ({ shape }: tf.Tensor) => sitesOf(shape, order.order(channels(shape)), order.byPixel);

  const undo = inverse(phi, source, sites);
  const forwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(x, w, c) {
      const { y, logDet } = ahead.forward(x, { u: x, w, c });
      return { y, logDet: logDet() };
    },
    pullback(y, dy, dL, w, c) {
      const x = undo(y, w, c);
      const { dx, du, x: _, ...rest } = ahead.pullback(y, dy, dL, { u: x, w, c });
      return { x, dx: tf.add(dx, present(du)), ...rest };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const { logDet, ...rest } = ahead.pushforward(x, dx, { u: x, w, c }, { u: dx, w: dw, c: dc });
      return { ...rest, logDet: logDet() };
    },
  };

  const backwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(y, w, c) {
      const x = undo(y, w, c);
      return { y: x, logDet: behind.forward(y, { u: x, w, c }).logDet() };
    },
    pullback(x, dx, dL, w, c) {
      const { list, take, put } = sites(x);
      const pull = (g: tf.Tensor) => behind.pullback(tf.clone(x), g, dL, { u: x, w, c });
      const g = substituted(x, [...list].reverse(), put, (known, at) =>
        take(tf.add(dx, present(pull(known).du)), at),
      );
      const { du: _, ...rest } = pull(g);
      return rest;
    },
    pushforward(y, dy, w, dw, c, dc) {
      const { list, take, put } = sites(y);
      const x = undo(y, w, c);
      const push = (dx: tf.Tensor) => behind.pushforward(y, dy, { u: x, w, c }, { u: dx, w: dw, c: dc });
      const dx = substituted(y, list, put, (known, at) => take(push(known).dy, at));
      const { logDet, dLogDet } = push(dx);
      return { y: x, dy: dx, logDet: logDet(), dLogDet };
    },
  };

  return complete({
    name,
    ...bothWays(forwards, backwards),
    weights: (shape, condition) => source.weights(shape, shape, condition),
    initialize: (input, w, direction, c) =>
      source.initialize({ u: direction === 'forward' ? input : undo(input, w, c), w, c }),
    training(this: Bijection, seed: number) {
      const next = source.training(seed);
      return next === source ? this : autoregressive(name, phi, next, order);
    },
  });
}

/** x from y, number by number: each parameter is read from the numbers that are known. */
const inverse =
  (phi: Transformer, source: Source, sites: (t: tf.Tensor) => ReturnType<typeof sitesOf>) =>
  (y: tf.Tensor, w: Weights, c: tf.Tensor | undefined): tf.Tensor => {
    const { list, take, put } = sites(y);
    return substituted(y, list, put, (u, at) => {
      const h = source.read(y.shape, { u, w, c });
      const own = Object.entries(phi.parameters).map(([p, k]) => [p, take(weight(h, p), at, k)]);
      return back(phi.only?.(at.channel) ?? phi).forward(take(y, at), Object.fromEntries(own)).y;
    });
  };

/** The solution of t = f(t), where f tells of each number from those that come before it in the list. */
function substituted(
  like: tf.Tensor,
  list: readonly Site[],
  put: (t: tf.Tensor, at: Site, column: tf.Tensor) => tf.Tensor,
  f: (known: tf.Tensor, at: Site) => tf.Tensor,
): tf.Tensor {
  let known = tf.zerosLike(like);
  for (const at of list) {
    const next = tidy(() => put(known, at, f(known, at)));
    known.dispose();
    known = next;
  }
  return known;
}
