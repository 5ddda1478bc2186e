import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, type Shape, type Weights } from '../bijection';
import { identity } from '../bijections/identity';
import { trainingOf } from '../combinators/training-of';
import type { Conditioner } from '../conditioners/conditioner';
import { type ConditionerSpec, conditionerFrom } from '../conditioners/conditioner-of';
import type { NetOptions } from '../conditioners/conv-net';
import { refuse, show } from '../errors';
import { joinChannels, splitChannels } from '../tensors/channels';
import type { Elementwise } from '../transformers/transformer';
import { specsWithPrefix, withoutPrefix, withPrefix } from '../weight-names';
import { lane } from './conditioned';

export interface CouplingOptions extends NetOptions {
  /** Channels of the half that stays. Default: half of them, which needs an even number. */
  split?: number;
  /** Move the first part and keep the second. Default false: the first part stays. */
  flip?: boolean;
  /** The network inside, instead of `hidden`, `kernel` and `activation`: one of ours as data, or any other. */
  conditioner?: ConditionerSpec | Conditioner;
}

/** How one kind of coupling differs from another. */
export interface CouplingKind {
  /** How the part that moves is moved. */
  phi: Elementwise;
  /** A bijection f of the part that stays, after it has been read. Default: none. */
  stays?: Bijection;
  /** A bijection g of the part that moves, before it is moved. Default: none. */
  moves?: Bijection;
  /** Put the parts back in the other order. Default false. */
  swap?: boolean;
}

/**
 * A coupling: one part of the channels stays, the other moves by a map whose parameters are a network of the part that stays.
 *
 *     y₁ = f(x₁)      y₂ = φ(g(x₂); h(x₁, c))      log|det J| = Σ log φ′ + log|det f′| + log|det g′|
 *     x₁ = f⁻¹(y₁)    x₂ = g⁻¹(φ⁻¹(y₂; h(x₁, c)))
 *
 * x: [batch, …spatial, channels ≥ 2]. The pullback evaluates h once: the evaluation that rebuilds x₂ is differentiated.
 */
export function coupling(
  name: string,
  { phi, stays: f = identity, moves: g = identity, swap = false }: CouplingKind,
  options: CouplingOptions,
): Bijection {
  const { split, flip = false } = options;
  const net = conditionerFrom(options);
  const { fewest = 1 } = phi;
  const { forward, inverse, pullback, inversePullback, pushforward, inversePushforward, weights } = lane(
    phi,
    net,
  );

  const sizes = (shape: Shape): [number, number] => {
    checkShape(name, shape);
    const n = channels(shape);
    if (split === undefined && n % 2 !== 0) {
      refuse(
        name,
        'an even number of channels',
        `${n} in ${show(shape)}`,
        'Say how many channels stay with `split`, or squeeze the input first.',
      );
    }
    const kept = split ?? n / 2;
    if (!Number.isInteger(kept) || kept < 1 || kept > n - fewest) {
      refuse(
        name,
        n > fewest ? `split to be an integer from 1 to ${n - fewest}` : `more than ${fewest} channels`,
        `${kept} for shape ${show(shape)}`,
        `At least one channel must stay and at least ${fewest} must move.`,
      );
    }
    return [kept, n - kept];
  };
  /** [stays, moves] */
  const part = (t: tf.Tensor, flipped = flip): [tf.Tensor, tf.Tensor] => {
    const [kept, moved] = sizes(t.shape);
    const [a, b] = splitChannels(t, flipped ? [moved, kept] : [kept, moved]) as [tf.Tensor, tf.Tensor];
    return flipped ? [b, a] : [a, b];
  };
  const whole = (stays: tf.Tensor, moves: tf.Tensor, flipped = flip) =>
    joinChannels(flipped ? [moves, stays] : [stays, moves]);
  const flipOut = flip !== swap;
  const same = (shape: Shape) => {
    sizes(shape);
    return [...shape];
  };
  const plain = f === identity && g === identity;
  const own = (w: Weights): { net: Weights; f: Weights; g: Weights } =>
    plain
      ? { net: w, f: {}, g: {} }
      : { net: withoutPrefix(w, 'net/'), f: withoutPrefix(w, 'stays/'), g: withoutPrefix(w, 'moves/') };
  const all = (net: Weights, f: Weights, g: Weights): Weights =>
    plain ? net : { ...withPrefix('net/', net), ...withPrefix('stays/', f), ...withPrefix('moves/', g) };
  const sum = (parts: (tf.Tensor | undefined)[]) => {
    const given = parts.filter((t) => t !== undefined);
    return given.length > 0 && { dc: tf.addN(given) };
  };

  return {
    name,
    outputShape: same,
    inputShape: same,
    weights(shape, condition) {
      const [kept, moved] = sizes(shape);
      const [s1, s2] = [kept, moved].map((n) => [...shape.slice(0, -1), n]) as [number[], number[]];
      const own = weights(s1, moved, condition);
      if (plain) return own;
      return [
        ...specsWithPrefix('net/', own),
        ...specsWithPrefix('stays/', f.weights(s1, condition)),
        ...specsWithPrefix('moves/', g.weights(s2, condition)),
      ];
    },

    forward: (x, w, c) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const { net, f: wf, g: wg } = own(w);
        const v = g.forward(x2, wg, c);
        const { y: y2, logDet } = forward(v.y, x1, net, c);
        const y1 = f.forward(x1, wf, c);
        return { y: whole(y1.y, y2, flipOut), logDet: tf.addN([logDet, y1.logDet, v.logDet]) };
      }),

    inverse: (y, w, c) =>
      tf.tidy(() => {
        const [y1, y2] = part(y, flipOut);
        const { net, f: wf, g: wg } = own(w);
        const x1 = f.inverse(y1, wf, c);
        const { v, logDet } = inverse(y2, x1.x, net, c);
        const x2 = g.inverse(v, wg, c);
        return { x: whole(x1.x, x2.x), logDet: tf.addN([logDet, x1.logDet, x2.logDet]) };
      }),

    pullback: (y, dy, dL, w, c) =>
      tf.tidy(() => {
        const [y1, y2] = part(y, flipOut);
        const [dy1, dy2] = part(dy, flipOut);
        const { net, f: wf, g: wg } = own(w);
        const p1 = f.pullback(y1, dy1, dL, wf, c);
        const { v, dv, du, dw, dc } = pullback(y2, dy2, dL, p1.x, net, c);
        const p2 = g.pullback(v, dv, dL, wg, c);
        return {
          x: whole(p1.x, p2.x),
          dx: whole(tf.add(p1.dx, du), p2.dx),
          dw: all(dw, p1.dw, p2.dw),
          ...sum([dc, p1.dc, p2.dc]),
        };
      }),

    inversePullback: (x, dx, dL, w, c) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const [dx1, dx2] = part(dx);
        const { net, f: wf, g: wg } = own(w);
        const p2 = g.inversePullback(x2, dx2, dL, wg, c);
        const { y: y2, dy: dy2, du, dw, dc } = inversePullback(p2.y, p2.dy, dL, x1, net, c);
        const p1 = f.inversePullback(x1, tf.add(dx1, du), dL, wf, c);
        return {
          y: whole(p1.y, y2, flipOut),
          dy: whole(p1.dy, dy2, flipOut),
          dw: all(dw, p1.dw, p2.dw),
          ...sum([dc, p1.dc, p2.dc]),
        };
      }),

    pushforward: (x, dx, w, dw, c, dc) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const [dx1, dx2] = part(dx);
        const { net, f: wf, g: wg } = own(w);
        const d = own(dw);
        const v = g.pushforward(x2, dx2, wg, d.g, c, dc);
        const p2 = pushforward([v.y, v.dy], [x1, dx1], net, d.net, c, dc);
        const p1 = f.pushforward(x1, dx1, wf, d.f, c, dc);
        return {
          y: whole(p1.y, p2.y, flipOut),
          dy: whole(p1.dy, p2.dy, flipOut),
          logDet: tf.addN([p2.logDet, p1.logDet, v.logDet]),
          dLogDet: tf.addN([p2.dLogDet, p1.dLogDet, v.dLogDet]),
        };
      }),

    inversePushforward: (y, dy, w, dw, c, dc) =>
      tf.tidy(() => {
        const [y1, y2] = part(y, flipOut);
        const [dy1, dy2] = part(dy, flipOut);
        const { net, f: wf, g: wg } = own(w);
        const d = own(dw);
        const p1 = f.inversePushforward(y1, dy1, wf, d.f, c, dc);
        const v = inversePushforward([y2, dy2], [p1.x, p1.dx], net, d.net, c, dc);
        const p2 = g.inversePushforward(v.v, v.dv, wg, d.g, c, dc);
        return {
          x: whole(p1.x, p2.x),
          dx: whole(p1.dx, p2.dx),
          logDet: tf.addN([v.logDet, p1.logDet, p2.logDet]),
          dLogDet: tf.addN([v.dLogDet, p1.dLogDet, p2.dLogDet]),
        };
      }),
    ...((net.training || f.training || g.training) && {
      training: (seed: number) => {
        const [stays, moves] = [trainingOf(f, seed + 1), trainingOf(g, seed + 2)];
        const conditioner = net.training?.(seed) ?? net;
        return coupling(name, { phi, stays, moves, swap }, { ...options, conditioner });
      },
    }),
  };
}
