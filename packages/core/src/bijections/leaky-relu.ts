import * as tf from '@tensorflow/tfjs-core';
import { defineBijection, everyRank } from '../define';
import { elementwise } from '../engines/pointwise';
import { refuse } from '../errors';

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
export const leakyRelu = defineBijection(
  {
    className: 'InvertibleLeakyRelu',
    source: 'Maas et al. 2013, 2',
    logDet: 'Σ log a, y < 0',
    axes: everyRank,
  },
  ({ slope = 0.2 }: LeakyReluOptions = {}) => {
    if (!(slope > 1e-6 && slope < 1e6)) {
      refuse(
        'leakyRelu',
        'a slope within (1e-6, 1e6)',
        slope,
        'The inverse divides by it; 0.2 is the default.',
      );
    }
    return elementwise('leakyRelu', {
      apply: (x) => tf.leakyRelu(x, slope),
      at: (y) => ({
        x: () => tf.leakyRelu(y, 1 / slope),
        logSlope: () => tf.mul(tf.step(tf.neg(y)), Math.log(slope)),
        bend: () => tf.zerosLike(y),
      }),
    });
  },
);
