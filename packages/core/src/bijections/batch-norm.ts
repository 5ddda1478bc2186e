import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { defineBijection } from '../define';
import { rowsOf } from '../engines/batch-moments';
import { elementwise } from '../engines/elementwise';
import { type Parametrisation, reparametrised } from '../engines/reparametrised';
import { weightsPer } from '../engines/sources';
import { within } from '../options';
import { channels, pixelRows } from '../tensors/channels';
import { tidy } from '../tidy';
import { affine } from '../transformers/affine';
import { weight } from '../weight-names';

export interface BatchNormOptions {
  /** Part of the running statistics that a batch leaves as it is. Default 0.99. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number;
}

/** l = γ − ½ log(σ² + ε), b = β − μ eˡ */
const normalised = (epsilon: number): Parametrisation => {
  const logScale = ({ logScale: g, variance }: Weights) =>
    tf.sub(g!, tf.mul(0.5, tf.log(tf.add(variance!, epsilon))));
  return {
    weights(shape) {
      const size = [channels(shape)];
      const zeros = { shape: size, initialize: () => tf.zeros(size) };
      const ones = { shape: size, initialize: () => tf.ones(size) };
      return [
        { name: 'logScale', ...zeros },
        { name: 'bias', ...zeros },
        { name: 'mean', ...zeros, trainable: false },
        { name: 'variance', ...ones, trainable: false, positive: true },
      ];
    },
    at(w) {
      const l = logScale(w);
      return { logScale: l, bias: tf.sub(w.bias!, tf.mul(w.mean!, tf.exp(l))) };
    },
    pullback(w, { logScale: dl, bias: db }) {
      const s = tf.exp(logScale(w));
      const dg = tf.sub(dl!, tf.mul(db!, tf.mul(w.mean!, s)));
      return {
        logScale: dg,
        bias: tf.clone(db!),
        mean: tf.neg(tf.mul(db!, s)),
        variance: tf.div(tf.mul(-0.5, dg), tf.add(w.variance!, epsilon)),
      };
    },
    pushforward(w, { logScale: dg, bias: db, mean: dm, variance: dv }) {
      const s = tf.exp(logScale(w));
      const dl = tf.sub(dg!, tf.mul(0.5, tf.div(dv!, tf.add(w.variance!, epsilon))));
      return { logScale: dl, bias: tf.sub(db!, tf.mul(s, tf.add(dm!, tf.mul(w.mean!, dl)))) };
    },
  };
};

/**
 * Invertible batch normalisation.
 *
 *     y = eᵞ ⊙ (x − μ)/√(σ² + ε) + β      log|det J| = P·Σ (γ − ½ log(σ² + ε)),  P pixels
 *
 * Inference: μ, σ² are running statistics, weights that are saved and that no optimizer moves. `training`: they are the
 * batch's, given as weights for one step by `statistics`; gradients go through them, the log-det takes them as constants,
 * and the running ones move once. Reversed it is an affine map by the running statistics.
 * x: [batch, …spatial, channels].   Dinh et al. 2017, arXiv:1605.08803, section 3.7 and appendix E.
 */
export const batchNorm = defineBijection(
  {
    className: 'InvertibleBatchNorm',
    source: 'Dinh et al. 2017, 3.7',
    logDet: 'P·Σ log(eᵞ/√(σ²+ε))',
    options: { momentum: within(0, 0.9999999), epsilon: within(1e-30, 1e6) },
  },
  ({ momentum = 0.99, epsilon = 1e-5 }: BatchNormOptions, name): Bijection => {
    const perChannel = elementwise(name, affine(), weightsPer('channel', affine().parameters));
    const inference = reparametrised(perChannel, normalised(epsilon));
    const moments = (x: tf.Tensor) => {
      const { mean, variance } = tf.moments(rowsOf(name, 'batch', x, inference), 0);
      return { mean, variance };
    };
    const training: Bijection = {
      ...inference,
      batchStatistics: true,
      forward: (x, w) => inference.forward(x, { ...w, ...moments(x) }),
      pullback(y, dy, dL, w) {
        const { x, dx, dw } = tidy(() => inference.pullback(y, dy, dL, w));
        const [dm, dv] = [weight(dw, 'mean'), weight(dw, 'variance')];
        const n = x.size / channels(x.shape);
        const through = tf.add(tf.div(dm, n), tf.mul(tf.sub(x, weight(w, 'mean')), tf.mul(2 / n, dv)));
        return {
          x,
          dx: tf.add(dx, through),
          dw: { ...dw, mean: tf.zerosLike(dm), variance: tf.zerosLike(dv) },
        };
      },
      pushforward(x, dx, w, dw) {
        const [at, rows, d] = [moments(x), pixelRows(x), pixelRows(dx)];
        const variance = tf.mul(2, tf.mean(tf.mul(tf.sub(rows, at.mean), d), 0));
        return inference.pushforward(x, dx, { ...w, ...at }, { ...dw, mean: tf.mean(d, 0), variance });
      },
    };
    return {
      ...inference,
      batchStatistics: true,
      training: () => training,
      statistics(x, w) {
        const batch = moments(x);
        const move = (name: 'mean' | 'variance') =>
          tf.add(tf.mul(weight(w, name), momentum), tf.mul(batch[name], 1 - momentum));
        return { batch, running: { mean: move('mean'), variance: move('variance') } };
      },
    };
  },
);
