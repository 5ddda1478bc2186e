import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { between } from '../options';
import { monotone } from '../transformers/transformer';

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
    options: { slope: between(1e-6, 1e6, 'The inverse divides by it; 0.2 is the default.') },
  },
  ({ slope: a = 0.2 }: LeakyReluOptions, name) =>
    elementwise(
      name,
      monotone({
        apply: (x) => tf.leakyRelu(x, a),
        from: (y) => ({
          v: () => tf.leakyRelu(y, 1 / a),
          logSlope: () => tf.mul(tf.step(tf.neg(y)), Math.log(a)),
          bend: () => null,
        }),
      }),
    ),
);
