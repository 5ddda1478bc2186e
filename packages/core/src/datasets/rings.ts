import * as tf from '@tensorflow/tfjs-core';
import { logSumExp } from '../distributions/log-sum-exp';
import { above, whole } from '../options';
import { defineDataset, logNormal, square } from './dataset';

export interface RingsOptions {
  /** How many, of radius 1, 2, …. Default 4. */
  rings?: number;
  /** Deviation of the radius. Default 0.08. */
  noise?: number;
}

/**
 * Rings about the origin whose radius is normal.
 *
 *     p(x) = 1/(2π‖x‖) · 1/K Σₖ N(‖x‖; k, σ²) + N(−‖x‖; k, σ²)
 */
export const rings = defineDataset(
  'rings',
  { rings: whole(1, 1000), noise: above(0) },
  ({ rings: K = 4, noise = 0.08 }: RingsOptions = {}) => {
    const reach = K + 4 * noise;
    return {
      draw({ uniform, normal, whole }) {
        const radius = 1 + whole(K) + normal(noise);
        const phi = uniform(0, 2 * Math.PI);
        return [radius * Math.cos(phi), radius * Math.sin(phi)];
      },
      density(x, y) {
        const radius = tf.sqrt(tf.add(tf.square(x), tf.square(y)));
        // A radius below zero is the point across the middle.
        const terms = Array.from({ length: K }, (_, k) => [
          logNormal(tf.sub(radius, k + 1), noise),
          logNormal(tf.add(radius, k + 1), noise),
        ]).flat();
        return tf.sub(tf.sub(logSumExp(tf.stack(terms), 0), Math.log(K * 2 * Math.PI)), tf.log(radius));
      },
      window: square(-reach, reach),
    };
  },
);
