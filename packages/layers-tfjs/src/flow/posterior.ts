import { checkLivingTensor, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { FlowSampleOptions, Given } from './args';
import { type Condition, type ConditionPart, conditionRule, conditionsFor, listed } from './condition';

/** The distribution of x under one condition. */
export interface Posterior {
  /** n samples, [n, …]. */
  sample(n: number, options?: Omit<FlowSampleOptions, 'condition'>): tf.Tensor;
  /** log p(x | c) of each x, [batch]. */
  logProb(x: tf.Tensor): tf.Tensor1D;
  /** Mean and deviation of n samples: an estimate, and a map of its uncertainty. */
  moments(
    n: number,
    options?: Omit<FlowSampleOptions, 'condition'>,
  ): { mean: tf.Tensor; deviation: tf.Tensor };
  /** Frees the conditions. */
  dispose(): void;
}

/** What a flow must be able to do. */
interface Conditional {
  readonly conditions: readonly ConditionPart[];
  sample(n: number, options: FlowSampleOptions): tf.Tensor;
  logProb(x: tf.Tensor, given: Given): tf.Tensor1D;
}

/** The distribution of a flow's x under one condition, or one of each, [1, …] or without the 1. */
export function posteriorOf(flow: Conditional, condition: Condition): Posterior {
  const { conditions: parts } = flow;
  rules.checkValue('flow.posterior', 'condition', condition, { ...conditionRule, required: true });
  const one = tf.tidy(() => {
    const all = listed(parts, condition).map((c, i) => {
      checkLivingTensor('flow.posterior', 'the condition', c);
      return c.rank === parts[i]?.shape.length ? tf.expandDims(c, 0) : tf.clone(c);
    });
    return conditionsFor(parts, 1, all).map((c) => tf.keep(c));
  });
  const given = { condition: one };
  return {
    sample: (n, options = {}) => flow.sample(n, { ...options, ...given }),
    logProb: (x) => flow.logProb(x, given),
    moments: (n, options = {}) =>
      tf.tidy(() => {
        const { mean, variance } = tf.moments(flow.sample(n, { ...options, ...given }), 0);
        return { mean, deviation: tf.sqrt(variance) };
      }),
    dispose: () => tf.dispose(one),
  };
}
