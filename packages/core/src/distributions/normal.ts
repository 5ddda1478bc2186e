import * as tf from '@tensorflow/tfjs-core';
import { halfSquaredNorm } from '../autodiff/half-squared-norm';
import { randomNormal } from '../random';
import { sizeOf } from '../tensors/channels';
import { defineDistribution } from './distribution';

/** log √2π */
export const logRoot2Pi = 0.5 * Math.log(2 * Math.PI);

/**
 * The standard normal distribution.
 *
 *     log p(z) = −½‖z‖² − (D/2) log 2π,  D numbers per sample
 *
 * The temperature is the deviation of what is drawn.
 */
export const normal = defineDistribution('normal', {}, () => ({
  weights: () => [],
  logProb: (z) => tf.sub(tf.neg(halfSquaredNorm(z)), logRoot2Pi * sizeOf(z.shape.slice(1))),
  sample: (n, shape, { seed, temperature }) => randomNormal([n, ...shape], seed, temperature),
}));
