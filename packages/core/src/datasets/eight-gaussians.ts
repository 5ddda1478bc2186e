import * as tf from '@tensorflow/tfjs-core';
import { logSumExp } from '../distributions/log-sum-exp';
import { above, within } from '../options';
import { defineDataset, logNormal, square } from './dataset';

export interface EightGaussiansOptions {
  /** Of the circle of the means. Default 3. */
  radius?: number;
  /** Of each normal distribution. Default 0.35. */
  deviation?: number;
}

/** Eight normal distributions on a circle:  p(x) = ⅛ Σₖ N(x; r·(cos kπ/4, sin kπ/4), σ²). */
export const eightGaussians = defineDataset(
  'eightGaussians',
  { radius: within(0, 1e6), deviation: above(0) },
  ({ radius = 3, deviation = 0.35 }: EightGaussiansOptions = {}) => {
    const mean = (k: number) =>
      [radius * Math.cos((k * Math.PI) / 4), radius * Math.sin((k * Math.PI) / 4)] as const;
    const reach = radius + 4 * deviation;
    return {
      draw({ normal, whole }) {
        const [x, y] = mean(whole(8));
        return [x + normal(deviation), y + normal(deviation)];
      },
      density(x, y) {
        const terms = Array.from({ length: 8 }, (_, k) => {
          const [mx, my] = mean(k);
          return tf.add(logNormal(tf.sub(x, mx), deviation), logNormal(tf.sub(y, my), deviation));
        });
        return tf.sub(logSumExp(tf.stack(terms), 0), Math.log(8));
      },
      window: square(-reach, reach),
    };
  },
);
