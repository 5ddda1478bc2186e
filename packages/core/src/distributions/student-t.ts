import * as tf from '@tensorflow/tfjs-core';
import { above, within } from '../options';
import { childSeed, randomUniform } from '../random';
import { sizeOf, sumPerSample } from '../tensors/channels';
import { defineDistribution } from './distribution';

export interface StudentTOptions {
  /** Degrees of freedom ν, from 1, the Cauchy distribution, to 1000, where it is all but normal. Default 5. */
  df?: number;
  /** Of every number. Default 1. */
  scale?: number;
}

/** The largest number whose square float32 holds with room. */
const largest = 1e18;

/**
 * log Γ(x + ½) − log Γ(x), by Γ(x + ½)/Γ(x) = x/(x + ½)·Γ(x + 3/2)/Γ(x + 1) up to where four terms of its series are exact to 1e-12.
 *
 * Tricomi & Erdélyi 1951, doi:10.2140/pjm.1951.1.133.
 */
function logGammaHalfStep(x: number): number {
  let sum = 0;
  for (; x < 16; x++) sum += Math.log(x / (x + 0.5));
  return sum + 0.5 * Math.log(x) - 1 / (8 * x) + 1 / (192 * x ** 3) - 1 / (640 * x ** 5);
}

/**
 * Student's t distribution of every number by itself, whose heavy tails no Lipschitz flow makes of a normal base.
 *
 *     log p(z) = D log Γ((ν+1)/2)/(Γ(ν/2) s √(νπ)) − (ν+1)/2 Σ log(1 + (z/s)²/ν)
 *
 * Beyond 10¹⁸ s √ν log p stays what it is there. The temperature scales what is drawn.
 * Jaini et al. 2020, arXiv:1907.04481, section 4; samples by Bailey 1994, doi:10.1090/S0025-5718-1994-1219702-8.
 *
 * ```ts
 * const base = core.studentT({ df: 3 });
 * const logProb = base.logProb(base.sample(100, [2], { seed: 1 })); // [100]
 * ```
 */
export const studentT = defineDistribution(
  'studentT',
  {
    df: within(1, 1000, 'Leave it out for 5; of more the normal distribution is the limit.'),
    scale: above(1e-30, 'Leave it out for 1.'),
  },
  ({ df = 5, scale = 1 }: StudentTOptions = {}) => {
    const unit = scale * Math.sqrt(df);
    const perNumber = logGammaHalfStep(df / 2) - 0.5 * Math.log(Math.PI) - Math.log(unit);
    return {
      weights: () => [],
      logProb(z) {
        const t = tf.clipByValue(tf.div(z, unit), -largest, largest);
        const terms = sumPerSample(tf.log1p(tf.square(t)));
        return tf.sub(perNumber * sizeOf(z.shape.slice(1)), tf.mul((df + 1) / 2, terms));
      },
      sample(n, shape, { seed, temperature = 1 }) {
        // Never 0, of which the radius is infinite.
        const u = tf.clipByValue(randomUniform([n, ...shape], seed), 2 ** -53, 1);
        const angle = tf.mul(2 * Math.PI, randomUniform(u.shape, childSeed(seed, 1)));
        const radius = tf.sqrt(tf.sub(tf.pow(u, -2 / df), 1));
        return tf.mul(temperature * unit, tf.mul(radius, tf.cos(angle)));
      },
    };
  },
);
