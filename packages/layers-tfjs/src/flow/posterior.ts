import { checkLivingTensor } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { FlowSampleOptions, Given } from './args';

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
  /** Frees the condition. */
  dispose(): void;
}

/** What a flow must be able to do. */
interface Conditional {
  readonly conditionShape: readonly number[] | undefined;
  conditionFor(n: number, condition: tf.Tensor | undefined): tf.Tensor | undefined;
  sample(n: number, options: FlowSampleOptions): tf.Tensor;
  logProb(x: tf.Tensor, given: Given): tf.Tensor1D;
}

/** The distribution of a flow's x under one condition, [1, …] or without the 1. */
export function posteriorOf(flow: Conditional, condition: tf.Tensor): Posterior {
  checkLivingTensor('flow.posterior', 'the condition', condition);
  const shape = flow.conditionShape;
  const one = tf.tidy(() => {
    const c = shape && condition.rank === shape.length ? tf.expandDims(condition, 0) : tf.clone(condition);
    return tf.keep(flow.conditionFor(1, c) ?? c);
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
    dispose: () => one.dispose(),
  };
}
