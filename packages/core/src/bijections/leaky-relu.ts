import * as tf from '@tensorflow/tfjs-core';
import { define, everyRank } from '../define';
import { InvertibleError } from '../errors';
import { pointwise } from './pointwise';

export interface LeakyReluOptions {
  /** Slope below zero, above 0. Default 0.2. */
  slope?: number;
}

/**
 * Leaky ReLU.
 *
 *     y = x for x ≥ 0, a·x below      log|det J| = (how many y < 0)·log a      x = y, or y/a below
 *
 * x: [batch, …spatial, channels].   Maas et al. 2013, section 2.
 */
export const leakyRelu = define(
  {
    className: 'InvertibleLeakyRelu',
    source: 'Maas et al. 2013, 2',
    logDet: 'Σ log a, y < 0',
    axes: everyRank,
  },
  ({ slope = 0.2 }: LeakyReluOptions = {}) => {
    if (!(slope > 1e-6 && slope < 1e6)) {
      throw new InvertibleError({
        where: 'leakyRelu',
        expected: 'a slope within (1e-6, 1e6)',
        came: String(slope),
        remedy: 'The inverse divides by it; 0.2 is the default.',
      });
    }
    return pointwise('leakyRelu', {
      apply: (x) => tf.leakyRelu(x, slope),
      at: (y) => ({
        x: () => tf.leakyRelu(y, 1 / slope),
        logSlope: () => tf.mul(tf.step(tf.neg(y)), Math.log(slope)),
        bend: () => tf.zerosLike(y),
      }),
    });
  },
);
