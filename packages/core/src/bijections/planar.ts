import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import { defineBijection } from '../define';
import { lowRank } from '../engines/low-rank';
import { type Parametrisation, reparametrised } from '../engines/reparametrised';
import { randomNormal } from '../random';
import { channels } from '../tensors/channels';
import { weight } from '../weight-names';

/** u·w stays above −0.95: the slope of y along w above 0.05. */
const flattest = 0.95;
/** So that m(0) = 0. */
const offset = Math.log(Math.expm1(flattest));

const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b));

/** a = v·w, p = w/|w|² and how far u = v + (m(a) − a) p is moved along p, with its derivative in a. */
function bent(w: Weights) {
  const [v, B] = [weight(w, 'v'), weight(w, 'w')];
  const a = dot(v, B);
  const p = tf.div(B, dot(B, B));
  const raised = tf.add(a, offset);
  return {
    ...{ v, B, p },
    by: tf.sub(tf.sub(tf.softplus(raised), flattest), a),
    slope: tf.sub(tf.sigmoid(raised), 1),
    /** The derivative of p along dB, its own adjoint. */
    turned: (dB: tf.Tensor) => tf.div(tf.sub(dB, tf.mul(p, tf.mul(2, dot(B, dB)))), dot(B, B)),
  };
}

const row = (t: tf.Tensor) => tf.reshape(t, [1, -1]);

const direction: Parametrisation = {
  weights(shape: Shape) {
    const each = channels(shape);
    return [
      { name: 'v', shape: [each], initialize: () => tf.zeros([each]) },
      { name: 'w', shape: [each], initialize: (seed) => randomNormal([each], seed) },
      { name: 'b', shape: [1], initialize: () => tf.zeros([1]) },
    ];
  },
  at(w) {
    const { v, B, p, by } = bent(w);
    return { A: row(tf.add(v, tf.mul(by, p))), B: row(B), b: weight(w, 'b') };
  },
  pullback(w, dv) {
    const { v, B, p, by, slope, turned } = bent(w);
    const dA = tf.reshape(weight(dv, 'A'), B.shape);
    const da = tf.mul(slope, dot(dA, p));
    return {
      v: tf.add(dA, tf.mul(da, B)),
      w: tf.add(tf.reshape(weight(dv, 'B'), B.shape), tf.add(tf.mul(da, v), tf.mul(by, turned(dA)))),
      b: weight(dv, 'b'),
    };
  },
  pushforward(w, dw) {
    const { v, B, p, by, slope, turned } = bent(w);
    const [dv, dB] = [weight(dw, 'v'), weight(dw, 'w')];
    const da = tf.add(dot(dv, B), dot(v, dB));
    const along = tf.add(tf.mul(tf.mul(slope, da), p), tf.mul(by, turned(dB)));
    return { A: row(tf.add(dv, along)), B: row(dB), b: weight(dw, 'b') };
  },
};

/**
 * Planar flow: one tanh unit added to what it reads, which squeezes or stretches space across a plane.
 *
 *     y = x + h u,  h = tanh(x·w + b)      u = v + (m(v·w) − v·w) w/|w|²,  m(a) = log(1 + e^(a + log(e^0.95 − 1))) − 0.95
 *     log|det J| = log(1 + u·w (1 − h²))      t + u·w tanh t = y·w + b,  x = y − u tanh t
 *
 * m keeps u·w above −0.95, so that it can be undone for any weights: t is the root of a function of one number, by Newton's iteration from
 * the side from which it cannot miss. Fresh it is the identity. x: [batch, …spatial, channels], every pixel alike; Σ over pixels.
 * Rezende & Mohamed 2015, arXiv:1505.05770, eq. 10–13 and A.1.
 *
 * ```ts
 * const flow = core.chain(Array.from({ length: 8 }, () => core.planar()));
 * const w = core.createWeights(flow, [1, 2]);
 * const { y, logDet } = flow.forward(tf.randomNormal([100, 2]), w);
 * ```
 */
export const planar = defineBijection(
  {
    className: 'InvertiblePlanar',
    source: 'Rezende & Mohamed 2015, eq. 10–13',
    logDet: 'log(1 + u·w (1 − h²))',
  },
  (_: object, name) => reparametrised(lowRank(name), direction),
);
