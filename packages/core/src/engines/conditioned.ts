import * as tf from '@tensorflow/tfjs-core';
import { perElement, type Shape, sumPerSample, type WeightSpec, type Weights } from '../bijection';
import type { Conditioner } from '../conditioners/conditioner';
import type { Elementwise } from '../transformers/transformer';

/**
 * What moves in a coupling: v ↦ φ(v; h), h a network of the tensor u that stays and of the condition c.
 *
 *     log|det J| = Σ log φ′      per sample
 *
 * The pullback evaluates h once: the evaluation that rebuilds v is differentiated. Methods as in `Bijection`.
 */
export interface Lane {
  weights(u: Shape, moved: number, condition?: Shape): WeightSpec[];
  forward(v: tf.Tensor, u: tf.Tensor, w: Weights, c?: tf.Tensor): { y: tf.Tensor; logDet: tf.Tensor };
  inverse(y: tf.Tensor, u: tf.Tensor, w: Weights, c?: tf.Tensor): { v: tf.Tensor; logDet: tf.Tensor };
  pullback(
    y: tf.Tensor,
    dy: tf.Tensor,
    dL: tf.Tensor,
    u: tf.Tensor,
    w: Weights,
    c?: tf.Tensor,
  ): Pulled & {
    v: tf.Tensor;
    dv: tf.Tensor;
  };
  inversePullback(
    v: tf.Tensor,
    dv: tf.Tensor,
    dL: tf.Tensor,
    u: tf.Tensor,
    w: Weights,
    c?: tf.Tensor,
  ): Pulled & {
    y: tf.Tensor;
    dy: tf.Tensor;
  };
  pushforward(
    v: Dual,
    u: Dual,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): {
    y: tf.Tensor;
    dy: tf.Tensor;
    logDet: tf.Tensor;
    dLogDet: tf.Tensor;
  };
  inversePushforward(
    y: Dual,
    u: Dual,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): {
    v: tf.Tensor;
    dv: tf.Tensor;
    logDet: tf.Tensor;
    dLogDet: tf.Tensor;
  };
}

/** Cotangents of what the network reads. */
interface Pulled {
  du: tf.Tensor;
  dw: Weights;
  dc?: tf.Tensor;
}
/** A value and its tangent. */
type Dual = readonly [tf.Tensor, tf.Tensor];

export function lane(phi: Elementwise, net: Conditioner): Lane {
  const perSample = (l: tf.Tensor | null, v: tf.Tensor) =>
    l ? sumPerSample(tf.broadcastTo(l, v.shape)) : tf.zeros([v.shape[0]!]);
  const pulled = ({ dx: du, ...rest }: ReturnType<ReturnType<Conditioner['linearize']>['pullback']>) => ({
    du,
    ...rest,
  });
  return {
    weights: (u, moved, condition) => net.weights(u, moved * phi.parameters, condition),

    forward(v, u, w, c) {
      const { u: y, logSlope } = phi.apply(v, net.forward(u, w, c));
      return { y, logDet: perSample(logSlope, v) };
    },

    inverse(y, u, w, c) {
      const { v, logSlope } = phi.undo(y, net.forward(u, w, c));
      return { v, logDet: tf.neg(perSample(logSlope, y)) };
    },

    pullback(y, dy, dL, u, w, c) {
      const { h, pullback } = net.linearize(u, w, c);
      const { v, dv, dh } = phi.pull(y, dy, perElement(dL, y.rank), h);
      return { v, dv, ...pulled(pullback(dh)) };
    },

    inversePullback(v, dv, dL, u, w, c) {
      const { h, pullback } = net.linearize(u, w, c);
      const { u: y, du: dy, dh } = phi.pullUndo(v, dv, tf.neg(perElement(dL, v.rank)), h);
      return { y, dy, ...pulled(pullback(dh)) };
    },

    pushforward([v, dv], [u, du], w, dw, c, dc) {
      const { h, dh } = net.pushforward(u, du, w, dw, c, dc);
      const { u: y, logSlope } = phi.apply(v, h);
      const { du: dy, dLogSlope } = phi.push(v, dv, h, dh);
      return { y, dy, logDet: perSample(logSlope, v), dLogDet: perSample(dLogSlope, v) };
    },

    inversePushforward([y, dy], [u, du], w, dw, c, dc) {
      const { h, dh } = net.pushforward(u, du, w, dw, c, dc);
      const { v, logSlope } = phi.undo(y, h);
      const { dv } = phi.pushUndo(v, dy, h, dh);
      const { dLogSlope } = phi.push(v, dv, h, dh);
      return {
        v,
        dv,
        logDet: tf.neg(perSample(logSlope, y)),
        dLogDet: tf.neg(perSample(dLogSlope, y)),
      };
    },
  };
}
