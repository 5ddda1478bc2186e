import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Weights } from '../bijection';
import type { ProbedNet } from '../conditioners/probed-net';
import { weighted } from '../conditioners/probes';
import { bothWays } from '../directions';
import { type FixedPointOptions, fixedPoint } from './fixed-point';
import type { LogDetOf } from './residual-log-det';

export interface ResidualOptions extends FixedPointOptions {
  logDet: LogDetOf;
}

/**
 * A contraction g added to what it reads, over a network whose Jacobian J has a norm below 1.
 *
 *     y = x + g(x)          log|det(I + J)|            x ← y − g(x), a fixed point
 *     dx = (I + Jᵀ) dy + ∇ log|det| dL                 inverse: dy = r − Jᵀ dy, a fixed point too, r = dx − ∇ log|det| dL
 */
export function residual(name: string, net: ProbedNet, { logDet, ...precision }: ResidualOptions): Bijection {
  const solve = (f: (t: tf.Tensor) => tf.Tensor, start: tf.Tensor) => fixedPoint(name, f, start, precision);
  const undo = (y: tf.Tensor, w: Weights, c?: tf.Tensor) => solve((x) => tf.sub(y, net.value(x, w, c)), y);
  const forwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(x, w, c) {
      const at = net.at(x, w, c);
      return { y: tf.add(x, at.h), logDet: logDet(at, x).value() };
    },
    pullback(y, dy, dL, w, c) {
      const x = undo(y, w, c);
      const at = net.at(x, w, c);
      const { dx, ...rest } = at.pullback(dy, weighted(logDet(at, x).probes, dL));
      return { x, dx: tf.add(dy, dx), ...rest };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const at = net.at(x, w, c);
      const { value, probes } = logDet(at, x);
      const { dh, ds } = at.pushforward({ dx, dw, dc }, probes);
      return { y: tf.add(x, at.h), dy: tf.add(dx, dh), logDet: value(), dLogDet: ds };
    },
  };
  const backwards: OneWay = {
    outputShape: (shape) => [...shape],
    forward(y, w, c) {
      const x = undo(y, w, c);
      return { y: x, logDet: tf.neg(logDet(net.at(x, w, c), x).value()) };
    },
    pullback(x, dx, dL, w, c) {
      const at = net.at(x, w, c);
      const probes = weighted(logDet(at, x).probes, tf.neg(dL));
      const r = tf.add(dx, at.pullback(tf.zerosLike(x), probes).dx);
      const dy = solve((d) => tf.sub(r, at.pull(d)), r);
      const { dx: _, ...rest } = at.pullback(tf.neg(dy), probes);
      return { x: tf.add(x, at.h), dx: dy, ...rest };
    },
    pushforward(y, dy, w, dw, c, dc) {
      const x = undo(y, w, c);
      const at = net.at(x, w, c);
      const { value, probes } = logDet(at, x);
      const { dh } = at.pushforward({ dx: tf.zerosLike(x), dw, dc });
      const r = tf.sub(dy, dh);
      const dx = solve((d) => tf.sub(r, at.push(d)), r);
      const { ds } = at.pushforward({ dx, dw, dc }, probes);
      return { y: x, dy: dx, logDet: tf.neg(value()), dLogDet: tf.neg(ds) };
    },
  };
  return complete({
    name,
    ...bothWays(forwards, backwards),
    weights: (shape, condition) => net.weights(shape, condition),
  });
}
