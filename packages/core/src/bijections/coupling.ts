import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, perElement, type Shape, sumPerSample } from '../bijection';
import type { Conditioner } from '../conditioners/conditioner';
import { convNet, type NetOptions } from '../conditioners/conv-net';
import { InvertibleError, show } from '../errors';
import { joinChannels, splitChannels } from './parts';

export interface CouplingOptions extends NetOptions {
  /** Channels of the half that stays. Default: half of them, which needs an even number. */
  split?: number;
  /** Move the first part and keep the second. Default false: the first part stays. */
  flip?: boolean;
  /** The network inside, instead of `hidden` and `kernel`. */
  conditioner?: Conditioner;
}

/** The scalar calculus of a coupling: v ↦ u = φ(v; h), element by element, h = (parameters per moved channel). */
export interface Elementwise {
  /** Conditioner channels per moved channel. */
  parameters: number;
  /** u and the log-slope, null where it is zero. */
  apply(v: tf.Tensor, h: tf.Tensor): { u: tf.Tensor; logSlope: tf.Tensor | null };
  undo(u: tf.Tensor, h: tf.Tensor): { v: tf.Tensor; logSlope: tf.Tensor | null };
  /** From the output u of apply; dL: cotangent of the log-slope, per element (broadcast over a sample). */
  pull(
    u: tf.Tensor,
    du: tf.Tensor,
    dL: tf.Tensor,
    h: tf.Tensor,
  ): { v: tf.Tensor; dv: tf.Tensor; dh: tf.Tensor };
  /** From the output v of undo; dL: cotangent of the log-slope of apply. */
  pullUndo(
    v: tf.Tensor,
    dv: tf.Tensor,
    dL: tf.Tensor,
    h: tf.Tensor,
  ): { u: tf.Tensor; du: tf.Tensor; dh: tf.Tensor };
  push(
    v: tf.Tensor,
    dv: tf.Tensor,
    h: tf.Tensor,
    dh: tf.Tensor,
  ): { du: tf.Tensor; dLogSlope: tf.Tensor | null };
  pushUndo(v: tf.Tensor, du: tf.Tensor, h: tf.Tensor, dh: tf.Tensor): { dv: tf.Tensor };
}

/**
 * A coupling: one part of the channels stays, the other moves by a map whose parameters are a network of the part that stays.
 *
 *     y₁ = x₁      y₂ = φ(x₂; h(x₁, c))      log|det J| = Σ log φ′      x₂ = φ⁻¹(y₂; h(y₁, c))
 *
 * x: [batch, …spatial, channels ≥ 2]. The pullback evaluates h once: the evaluation that rebuilds x₂ is differentiated.
 */
export function coupling(name: string, phi: Elementwise, options: CouplingOptions): Bijection {
  const { split, flip = false, conditioner: net = convNet(options) } = options;

  const sizes = (shape: Shape): [number, number] => {
    checkShape(name, shape);
    const n = channels(shape);
    if (split === undefined && n % 2 !== 0) {
      throw new InvertibleError({
        where: name,
        expected: 'an even number of channels',
        came: `${n} in ${show(shape)}`,
        remedy: 'Say how many channels stay with `split`, or squeeze the input first.',
      });
    }
    const kept = split ?? n / 2;
    if (!Number.isInteger(kept) || kept < 1 || kept >= n) {
      throw new InvertibleError({
        where: name,
        expected: `split to be an integer from 1 to ${n - 1}`,
        came: `${kept} for shape ${show(shape)}`,
        remedy: 'At least one channel must stay and at least one must move.',
      });
    }
    return [kept, n - kept];
  };
  /** [stays, moves] */
  const part = (t: tf.Tensor): [tf.Tensor, tf.Tensor] => {
    const [kept, moved] = sizes(t.shape);
    const [a, b] = splitChannels(t, flip ? [moved, kept] : [kept, moved]) as [tf.Tensor, tf.Tensor];
    return flip ? [b, a] : [a, b];
  };
  const whole = (stays: tf.Tensor, moves: tf.Tensor) => joinChannels(flip ? [moves, stays] : [stays, moves]);
  const perSample = (l: tf.Tensor | null, batch: number) => (l ? sumPerSample(l) : tf.zeros([batch]));
  const same = (shape: Shape) => {
    sizes(shape);
    return [...shape];
  };

  return {
    name,
    outputShape: same,
    inputShape: same,
    weights(shape, condition) {
      const [kept, moved] = sizes(shape);
      return net.weights([...shape.slice(0, -1), kept], moved * phi.parameters, condition);
    },

    forward: (x, w, c) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const { u, logSlope } = phi.apply(x2, net.forward(x1, w, c));
        return { y: whole(x1, u), logDet: perSample(logSlope, x.shape[0]!) };
      }),

    inverse: (y, w, c) =>
      tf.tidy(() => {
        const [y1, y2] = part(y);
        const { v, logSlope } = phi.undo(y2, net.forward(y1, w, c));
        return { x: whole(y1, v), logDet: tf.neg(perSample(logSlope, y.shape[0]!)) };
      }),

    pullback: (y, dy, dLogDet, w, c) =>
      tf.tidy(() => {
        const [y1, y2] = part(y);
        const [dy1, dy2] = part(dy);
        const { h, pullback } = net.linearize(y1, w, c);
        const { v, dv, dh } = phi.pull(y2, dy2, perElement(dLogDet, y.rank), h);
        const { dx, dw, dc } = pullback(dh);
        return { x: whole(y1, v), dx: whole(tf.add(dy1, dx), dv), dw, ...(dc && { dc }) };
      }),

    inversePullback: (x, dx, dLogDet, w, c) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const [dx1, dx2] = part(dx);
        const { h, pullback } = net.linearize(x1, w, c);
        const { u, du, dh } = phi.pullUndo(x2, dx2, tf.neg(perElement(dLogDet, x.rank)), h);
        const { dx: d1, dw, dc } = pullback(dh);
        return { y: whole(x1, u), dy: whole(tf.add(dx1, d1), du), dw, ...(dc && { dc }) };
      }),

    pushforward: (x, dx, w, dw, c) =>
      tf.tidy(() => {
        const [x1, x2] = part(x);
        const [dx1, dx2] = part(dx);
        const { h, dh } = net.pushforward(x1, dx1, w, dw, c);
        const { u, logSlope } = phi.apply(x2, h);
        const { du, dLogSlope } = phi.push(x2, dx2, h, dh);
        const n = x.shape[0]!;
        return {
          y: whole(x1, u),
          dy: whole(dx1, du),
          logDet: perSample(logSlope, n),
          dLogDet: perSample(dLogSlope, n),
        };
      }),

    inversePushforward: (y, dy, w, dw, c) =>
      tf.tidy(() => {
        const [y1, y2] = part(y);
        const [dy1, dy2] = part(dy);
        const { h, dh } = net.pushforward(y1, dy1, w, dw, c);
        const { v, logSlope } = phi.undo(y2, h);
        const { dv } = phi.pushUndo(v, dy2, h, dh);
        const { dLogSlope } = phi.push(v, dv, h, dh);
        const n = y.shape[0]!;
        return {
          x: whole(y1, v),
          dx: whole(dy1, dv),
          logDet: tf.neg(perSample(logSlope, n)),
          dLogDet: tf.neg(perSample(dLogSlope, n)),
        };
      }),
  };
}
