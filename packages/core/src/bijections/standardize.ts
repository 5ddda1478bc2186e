import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import { defineBijection } from '../define';
import { batchMoments } from '../engines/batch-moments';
import { elementwise } from '../engines/elementwise';
import { checkCounts, weightsPer } from '../engines/sources';
import { either, finite, listOf, within } from '../options';
import { channels } from '../tensors/channels';
import { standard } from '../transformers/standard';

export interface StandardizeOptions {
  /** A number, or one for each channel. Default: that of the first batch. */
  mean?: number | readonly number[];
  /** A number above 0, or one for each channel. Default: that of the first batch. */
  deviation?: number | readonly number[];
}

const positive = within(1e-36, 1e30, 'Leave it out to have it set by data.');

/**
 * Standardisation: every channel with mean 0 and deviation 1. Data sets its weights once, and no optimizer moves them.
 *
 *     y = (x − μ) ⊘ σ      log|det J| = −P·Σ log σ,  P pixels      x = σ ⊙ y + μ
 *
 * μ and σ are options, or those of the first batch: by `core.initialize` that of all data, in a layer that of the first step. σ of a
 * constant channel is 1. Applied as the inverse, it standardises what it then puts out.
 * x: [batch, …spatial, channels], at least 2 values per channel in the first batch.   LeCun et al. 1998, Efficient BackProp, section 4.3.
 *
 * ```ts
 * const heights = tf.randomNormal([500, 1], 170, 10); // in cm
 * const flow = core.chain([core.standardize(), core.spline()]);
 * const w = core.initialize(flow, heights);
 * const { y, logDet } = flow.forward(heights, w); // mean 0, deviation 1; −log 10
 * ```
 */
export const standardize = defineBijection(
  {
    className: 'InvertibleStandardize',
    source: 'LeCun et al. 1998, 4.3',
    logDet: '−P·Σ log σ',
    options: { mean: either(finite, listOf(finite, 1)), deviation: either(positive, listOf(positive, 1)) },
  },
  ({ mean, deviation }: StandardizeOptions, name) => {
    const perChannel = elementwise(name, standard, weightsPer('channel', standard.parameters));
    const shapeOf = (shape: Shape) => checkCounts(name, shape, [mean ?? 0, deviation ?? 1]);
    return {
      ...perChannel,
      outputShape: shapeOf,
      inputShape: shapeOf,
      weights(shape) {
        const n = channels(shape);
        const start = {
          mean: () => spread(mean ?? 0, n),
          logDeviation: () => tf.log(spread(deviation ?? 1, n)),
        };
        return Object.entries(start).map(([weight, initialize]) => ({
          ...{ name: weight, shape: [n], initialize, trainable: false },
        }));
      },
      initialize(input, { logDeviation: given }, direction) {
        if (mean !== undefined && deviation !== undefined) return {};
        const batch = batchMoments(name, input, this);
        const known = deviation === undefined ? undefined : given;
        const lambda = known ?? (direction === 'forward' ? batch.logDeviation : tf.neg(batch.logDeviation));
        const set: Weights = {};
        if (deviation === undefined) set.logDeviation = lambda;
        if (mean === undefined) {
          set.mean = direction === 'forward' ? batch.mean : tf.neg(tf.mul(batch.mean, tf.exp(lambda)));
        }
        return set;
      },
    };
  },
);

const spread = (value: number | readonly number[], n: number): tf.Tensor =>
  typeof value === 'number' ? tf.fill([n], value) : tf.tensor1d([...value]);
