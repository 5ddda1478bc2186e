import * as tf from '@tensorflow/tfjs-core';
import { outsideOf } from '../autodiff/support';
import { noGrad } from '../autodiff/tapes/no-grad';
import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { listOf, required } from '../options';
import { childSeed, randomNormal, randomUniform } from '../random';
import { channels, perChannel, pixels, sumPerSample } from '../tensors/channels';
import { type Bounds, boundsRule } from '../transformers/tails';
import { defineDistribution } from './distribution';
import { logRoot2Pi } from './normal';

export interface NormalOrUniformOptions {
  /** The ends of each channel, or null where it has none. */
  bounds: readonly (Bounds | null)[];
}

const boundsOrNone = {
  expected: '[low, high] with low < high, or null',
  holds: (value: unknown) => value === null || boundsRule.holds(value),
};

/**
 * Channels with bounds are uniform within them, the others standard normal: the base of a flow of bounded, circular and unbounded features.
 *
 *     log p(z) = Σ of the others −½z² − ½ log 2π − Σ of those with bounds log(high − low),  −∞ outside of these
 *
 * The temperature is the deviation of normal channels; it scales the intervals of the others about their middles.
 *
 * ```ts
 * const base = core.normalOrUniform({ bounds: [[-Math.PI, Math.PI], null] }); // an angle and a number
 * const density = base.logProb(base.sample(100, [2], { seed: 1 }));
 * ```
 */
export const normalOrUniform = defineDistribution(
  'normalOrUniform',
  { bounds: required(listOf(boundsOrNone, 1)) },
  (options?: NormalOrUniformOptions) => {
    const { bounds } = options ?? refuse('normalOrUniform', 'bounds', 'none', 'As in [[0, 1], null].');
    const each = (of: (ends: Bounds | null) => number, { rank }: tf.Tensor) =>
      perChannel(tf.tensor1d(bounds.map(of)), rank);
    const check = (shape: Shape) => {
      if (channels(shape) === bounds.length) return;
      const remedy = 'Give bounds, or null, for each channel.';
      refuse(
        'normalOrUniform',
        `${bounds.length} channels, as many as bounds`,
        `shape ${show(shape)}`,
        remedy,
      );
    };
    const isNormal = (ends: Bounds | null) => Number(ends === null);
    const ends = (none: number, i: 0 | 1) => bounds.map((of) => of?.[i] ?? none);
    const logVolume = bounds.reduce((sum, of) => sum + (of ? Math.log(of[1] - of[0]) : logRoot2Pi), 0);
    return {
      weights(shape) {
        check(shape);
        return [];
      },
      logProb(z) {
        // Masked first: the square of a number with bounds may be infinite.
        const squares = sumPerSample(tf.square(tf.mul(each(isNormal, z), z)));
        const outside = noGrad(() => outsideOf(z, [ends(-Infinity, 0), ends(Infinity, 1)]));
        return tf.add(tf.sub(tf.mul(-0.5, squares), pixels(z.shape) * logVolume), outside);
      },
      sample(n, shape, { seed, temperature = 1 }) {
        const e = randomNormal([n, ...shape], seed, temperature);
        const u = randomUniform(e.shape, childSeed(seed, 1), -temperature / 2, temperature / 2);
        const placed = tf.add(
          tf.mul(
            u,
            each((of) => (of ? of[1] - of[0] : 0), u),
          ),
          each((of) => (of ? (of[0] + of[1]) / 2 : 0), u),
        );
        return tf.add(tf.mul(each(isNormal, e), e), placed);
      },
    };
  },
);
