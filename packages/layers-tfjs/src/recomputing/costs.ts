import { dryRun, record, refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { withInner } from '../conditioner-models';
import type { LayerShape } from '../shapes';
import { replayOf } from './replay';
import type { Step, Steps, Value } from './steps';

/** What a step costs where its activations are stored. */
export interface Cost {
  /** Bytes that it adds to those alive. */
  bytes: number;
  /** Multiplications and additions of its evaluation. */
  work: number;
}

/** The sizes of a value, the open one that of the batch. */
export function sizesAt(shape: LayerShape, batch: number): number[] {
  return shape.map((n, i) => {
    if (n !== null) return n;
    if (i === 0) return batch;
    const remedy = 'Give the inputs of the model their sizes.';
    return refuse('memoryPlan', 'a model with known sizes', `[${shape.join(', ')}]`, remedy);
  });
}

export const bytesOf = ({ shape }: Value, batch: number): number =>
  4 * sizesAt(shape, batch).reduce((n, size) => n * size, 1);

/** Runs steps on shapes alone, activations stored. */
export function costsOf({ inputs, steps }: Pick<Steps, 'inputs' | 'steps'>, batch: number): Cost[] {
  const still = replayOf([...new Set(steps.flatMap(({ layer }) => withInner(layer)))]);
  const costs: Cost[] = [];
  dryRun((meter) => {
    const tensors = new Map<Value, tf.Tensor>(
      inputs.map((value) => [value, tf.fill(sizesAt(value.shape, batch), 0)]),
    );
    const run = (step: Step) => {
      const before = meter();
      const given = step.inputs.map((value) => tensors.get(value) ?? tf.scalar(0));
      const made = [step.layer.apply(given, { training: true }) as tf.Tensor | tf.Tensor[]].flat();
      for (const [i, value] of step.outputs.entries()) if (made[i]) tensors.set(value, made[i]);
      const after = meter();
      costs.push({ bytes: after.bytes - before.bytes, work: after.work - before.work });
    };
    const { pullback } = record(() => {
      still(() => steps.forEach(run));
      return tf.scalar(0);
    });
    tf.dispose(pullback(tf.scalar(0), []));
  });
  return costs;
}
