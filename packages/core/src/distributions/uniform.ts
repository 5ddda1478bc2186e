import * as tf from '@tensorflow/tfjs-core';
import { outsideOf } from '../autodiff/support';
import { noGrad } from '../autodiff/tapes/no-grad';
import { refuse } from '../errors';
import { finite } from '../options';
import { randomUniform } from '../random';
import { sizeOf, sumPerSample } from '../tensors/channels';
import { defineDistribution } from './distribution';

export interface UniformOptions {
  /** Default 0. */
  low?: number;
  /** Above `low`. Default 1. */
  high?: number;
}

/**
 * The uniform distribution over a cube.
 *
 *     log p(z) = −D log(high − low)  where every number of z is within [low, high] up to rounding,  −∞ elsewhere
 *
 * Its gradient is zero. The temperature scales the cube that is drawn from, about its middle.
 */
export const uniform = defineDistribution(
  'uniform',
  { low: finite, high: finite },
  ({ low = 0, high = 1 }: UniformOptions = {}) => {
    if (low >= high) {
      refuse('uniform', 'low < high', `low ${low}, high ${high}`, 'Leave them out for 0 and 1.');
    }
    return {
      weights: () => [],
      logProb(z) {
        const D = sizeOf(z.shape.slice(1));
        // The tape wants a path to z, even for a gradient of zero.
        const inside = tf.sub(tf.mul(0, sumPerSample(z)), D * Math.log(high - low));
        return tf.add(
          inside,
          noGrad(() => outsideOf(z, [low, high])),
        );
      },
      sample(n, shape, { seed, temperature = 1 }) {
        const [middle, half] = [(low + high) / 2, (temperature * (high - low)) / 2];
        return randomUniform([n, ...shape], seed, middle - half, middle + half);
      },
    };
  },
);
