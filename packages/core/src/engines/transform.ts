import * as tf from '@tensorflow/tfjs-core';
import { type Range, withinSupport } from '../autodiff/support';
import { batch, perElement, sumPerSample, zeroPerSample } from '../tensors/channels';
import type { Cotangents, Local, Parameters, Transformer } from '../transformers/transformer';

/** One direction of v ↦ φ(v; h) for given parameters h, and its calculus in v and h both ways. What is not asked for is not computed. */
export interface Transform {
  forward(v: tf.Tensor, h: Parameters): { y: tf.Tensor; logDet: () => tf.Tensor };
  pullback(
    y: tf.Tensor,
    dy: tf.Tensor,
    dL: tf.Tensor,
    h: Parameters,
  ): { x: tf.Tensor; dx: tf.Tensor; dh: () => Cotangents };
  pushforward(
    x: tf.Tensor,
    dx: tf.Tensor,
    h: Parameters,
    dh: Parameters,
  ): { y: tf.Tensor; dy: tf.Tensor; logDet: () => tf.Tensor; dLogDet: tf.Tensor };
}

const plus = (a: tf.Tensor | null, b: tf.Tensor | null) => (a && b ? tf.add(a, b) : (a ?? b));
const scaled = (a: tf.Tensor, b: tf.Tensor | null) => (b ? tf.mul(a, b) : a);
const per = (a: tf.Tensor, b: tf.Tensor | null) => (b ? tf.div(a, b) : a);

/** Σ of log-slopes, or their tangents, of every sample of v: those that samples share count as often as they are used. */
function total(l: tf.Tensor | null, v: tf.Tensor): tf.Tensor {
  if (!l) return zeroPerSample(v);
  if (l.size === v.size && l.rank === v.rank) return sumPerSample(l);
  const shared = l.rank < v.rank || l.shape[0] === 1;
  if (!shared) return sumPerSample(tf.broadcastTo(l, v.shape));
  return tf.mul(tf.ones([batch(v)]), tf.mul(tf.sum(l), v.size / batch(v) / l.size));
}

/** y = φ(x; h) */
export const there = (phi: Transformer): Transform => ({
  forward(v, h) {
    const { u, logSlope } = phi.given(h).at(v);
    return { y: u(), logDet: () => total(logSlope(), v) };
  },
  pullback(u, du, dLogDet, h) {
    const { undo, at } = phi.given(h);
    const v = undo(u);
    const { slope, bend, pull } = at(v, u);
    const [b, s] = [bend(), slope()];
    const dx = tf.tidy(() => scaled(plus(du, times(b, dLogDet)) ?? du, s));
    return { x: v, dx, dh: () => pull(du, dLogDet) };
  },
  pushforward(v, dv, h, dh) {
    const { u, logSlope, slope, bend, push } = phi.given(h).at(v);
    const along = scaled(dv, slope());
    const more = push(dh);
    return {
      y: u(),
      dy: plus(along, more.du) ?? along,
      logDet: () => total(logSlope(), v),
      dLogDet: total(plus(product(along, bend()), more.dL), v),
    };
  },
});

/**
 * x = φ⁻¹(y; h), by the inverse function theorem: a cotangent that passes φ⁻¹ is divided by φ′, and moves h the other way.
 */
export const back = (phi: Transformer): Transform => ({
  forward(u, h) {
    const { undo, at } = phi.given(h);
    const v = undo(u);
    return { y: v, logDet: () => tf.neg(total(at(v, u).logSlope(), v)) };
  },
  pullback(v, dv, dLogDet, h) {
    const local: Local = phi.given(h).at(v);
    const dL = tf.neg(dLogDet);
    const [s, b] = [local.slope(), local.bend()];
    const du = tf.tidy(() => plus(per(dv, s), times(b, dL)) ?? dv);
    return { x: local.u(), dx: du, dh: () => local.pull(tf.neg(du), dL) };
  },
  pushforward(u, du, h, dh) {
    const { undo, at } = phi.given(h);
    const v = undo(u);
    const { logSlope, slope, bend, push } = at(v, u);
    const more = push(dh);
    const left = more.du ? tf.sub(du, more.du) : du;
    const dL = plus(product(left, bend()), more.dL);
    return {
      y: v,
      dy: per(left, slope()),
      logDet: () => tf.neg(total(logSlope(), v)),
      dLogDet: tf.neg(total(dL, v)),
    };
  },
});

/** A transform of numbers that must lie in a range, if there is one. */
export function within(where: string, range: Range | undefined, way: Transform): Transform {
  if (!range) return way;
  const scored = (logDet: () => tf.Tensor, outside: tf.Tensor | null) => () =>
    outside ? tf.add(logDet(), outside) : logDet();
  return {
    ...way,
    forward(v, h) {
      const { t, outside } = withinSupport(where, v, range);
      const { y, logDet } = way.forward(t, h);
      return { y, logDet: scored(logDet, outside) };
    },
    pushforward(v, dv, h, dh) {
      const { t, outside } = withinSupport(where, v, range);
      const { logDet, ...rest } = way.pushforward(t, dv, h, dh);
      return { ...rest, logDet: scored(logDet, outside) };
    },
  };
}

const product = (a: tf.Tensor, b: tf.Tensor | null) => b && tf.mul(a, b);
/** One number per sample against every number. */
const times = (bend: tf.Tensor | null, dL: tf.Tensor) => bend && tf.mul(perElement(dL, bend.rank), bend);
