import { checkOptions, refuse, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkModelAnd, functionRule } from '../check';

/** The learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

export interface WarmupCosineOptions {
  /** Highest learning rate. */
  peak: number;
  /** Steps in all; after them the rate stays at `floor`. */
  total: number;
  /** Steps from 0 to the peak, in a straight line. Default 0. */
  warmup?: number;
  /** Where it ends. Default 0. */
  floor?: number;
}

const { above, required, within } = rules;
const rate = within(0, 1e30);

/** A warm-up in a straight line, then half a cosine down.   Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5. */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  checkOptions('warmupCosine', options, {
    peak: required(rate),
    total: required(above(0)),
    warmup: rate,
    floor: rate,
  });
  const { peak, total, warmup = 0, floor = 0 } = options;
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const t = Math.min((step - warmup) / Math.max(total - warmup, 1), 1);
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * t));
  };
}

/** Falls by `factor` every `every` steps, smoothly. */
export function exponentialDecay(options: { start: number; factor?: number; every: number }): Schedule {
  checkOptions('exponentialDecay', options, {
    start: required(rate),
    factor: rules.between(0, 1e3),
    every: required(above(0)),
  });
  const { start, factor = 0.5, every } = options;
  return (step) => start * factor ** (step / every);
}

/**
 * A callback for `fit` that sets the optimizer's learning rate before each step. `from`: steps already made, when training resumes.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * flow.compile({ optimizer: tf.train.adam(1e-3) });
 * const schedule = inn.warmupCosine({ peak: 1e-3, warmup: 10, total: 100 });
 * await flow.fit(tf.randomNormal([32, 2]), { verbose: 0, callbacks: inn.learningRate(flow.model, schedule) });
 * ```
 */
export function learningRate(
  model: tfl.LayersModel,
  schedule: Schedule,
  options: { from?: number } = {},
): tfl.CustomCallbackArgs {
  rules.checkValue('learningRate', 'schedule', schedule, functionRule);
  checkModelAnd('learningRate', model, options, { from: rules.whole(0, 2 ** 31) });
  let step = options.from ?? 0;
  return {
    onBatchBegin: async () => {
      // Protected, and not of every optimizer.
      const optimizer = model.optimizer as unknown as {
        learningRate?: number;
        setLearningRate?(rate: number): void;
      };
      const rate = schedule(step++);
      if (!(rate >= 0 && Number.isFinite(rate)) || optimizer.learningRate === undefined) {
        refuse(
          'learningRate',
          'a rate of 0 or more, for an optimizer that has one',
          `${rate} in step ${step - 1}`,
          'Look at the schedule; all optimizers of tf.train have a learning rate.',
        );
      }
      if (optimizer.setLearningRate) optimizer.setLearningRate(rate);
      else optimizer.learningRate = rate;
    },
  };
}
