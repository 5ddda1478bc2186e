import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { FlowSampleOptions } from './args';
import { type ConditionPart, conditionsFor, listed } from './condition';

/** A seed for a draw that nobody wants to repeat. */
export const freshSeed = (): number => Math.floor(Math.random() * 2 ** 31);

interface Drawn {
  readonly conditions: readonly ConditionPart[];
  sample(n: number, options: FlowSampleOptions): tf.Tensor;
}

/** n samples for each of m conditions, [m, n, …shape], drawn in one batch. */
export function sampleEach(
  flow: Drawn,
  n: number,
  { each: _, condition, ...options }: FlowSampleOptions,
): tf.Tensor {
  const all = listed(flow.conditions, condition);
  const m = Math.max(0, ...all.map(({ shape }) => shape[0] ?? 0));
  const odd = all.find(({ shape: [own] }) => own !== m && own !== 1);
  if (m === 0 || odd) {
    const remedy = 'Give them as `condition`.';
    return refuse('flow.sample', `conditions [${m || 'm'}, …] to draw for each of`, odd ?? condition, remedy);
  }
  return tf.tidy(() => {
    const repeated = conditionsFor(flow.conditions, m, [...all]).map((c) => {
      const shape = c.shape.slice(1);
      return tf.reshape(tf.tile(tf.expandDims(c, 1), [1, n, ...shape.map(() => 1)]), [m * n, ...shape]);
    });
    const drawn = flow.sample(m * n, { ...options, condition: repeated });
    return tf.reshape(drawn, [m, n, ...drawn.shape.slice(1)]);
  });
}
