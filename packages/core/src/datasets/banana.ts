import * as tf from '@tensorflow/tfjs-core';
import { above, listOf } from '../options';
import { defineDataset, logNormal } from './dataset';

export interface BananaOptions {
  /** Width and bend. Default [1, 4]. */
  c?: readonly [number, number];
}

/**
 * A standard normal, bent: a map of determinant 1, so that the entropy stays log 2πe = 2.838.
 *
 *     x = u/c₁      y = c₁v + c₁c₂(u² + c₁²),  u, v standard normal
 *
 * Haario et al. 1999, doi:10.1007/s001800050022, section 3.
 */
export const banana = defineDataset(
  'banana',
  { c: listOf(above(0), 2, 2) },
  ({ c: [c1, c2] = [1, 4] }: BananaOptions = {}) => ({
    draw({ normal }) {
      const u = normal();
      return [u / c1, c1 * normal() + c1 * c2 * (u ** 2 + c1 ** 2)];
    },
    entropy: Math.log(2 * Math.PI * Math.E),
    density(x, y) {
      const u = tf.mul(x, c1);
      const v = tf.sub(tf.div(y, c1), tf.mul(c2, tf.add(tf.square(u), c1 ** 2)));
      return tf.add(logNormal(u, 1), logNormal(v, 1));
    },
    window: [
      [-4 / c1, 4 / c1],
      [c1 * (c2 * c1 ** 2 - 4), c1 * (c2 * (c1 ** 2 + 14) + 4)],
    ],
  }),
);
