import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import type { SummaryNetwork } from '../conditioners/summary-network';
import { embedCondition } from './embed-condition';
import { trainingOf } from './training-of';

/**
 * A conditional bijection whose condition goes through another bijection p first.
 *
 *     y = b(x; p(c))      log|det J| = log|det ∂b/∂x|: the log-det of p is that of no density of x
 *
 * The weights of p are named `key/name`, those of b as they are.
 */
export const prepared = (b: Bijection, p: Bijection, key: string): Bijection =>
  embedCondition(b, asNetwork(p), key);

/** A bijection as a network: without its log-det. */
const asNetwork = (p: Bijection): SummaryNetwork => ({
  outputShape: p.outputShape,
  weights: (shape) => p.weights(shape),
  forward: (c, w) => p.forward(c, w).y,
  linearize(c, w) {
    const { y: h, logDet } = p.forward(c, w);
    return {
      h,
      pullback(dh) {
        const { dx, dw } = p.pullback(h, dh, tf.zerosLike(logDet), w);
        return { dx, dw };
      },
    };
  },
  pushforward(c, dc, w, dw) {
    const { y: h, dy: dh } = p.pushforward(c, dc, w, dw);
    return { h, dh };
  },
  ...(p.initialize && { initialize: (c, w) => p.initialize!(c, w, 'forward') }),
  ...(p.training && { training: (seed) => asNetwork(trainingOf(p, seed)) }),
});
