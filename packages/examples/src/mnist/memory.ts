import * as tf from '@tensorflow/tfjs';
import { present } from '../libraries';
import { memoryOfStep, type Step } from '../measure';
import { megabytes } from '../report';
import type { Batches } from './batches';
import { buildFlow } from './model';
import type { Shaping } from './settings';
import type { Start } from './start';

/** Compares the flow with one of the same weights whose activations tfjs stores, and prints both. */
export async function compareMemory(
  { flow }: Pick<Start, 'flow'>,
  batches: Batches,
  options: Shaping,
): Promise<{ reversible: Step; stored: Step }> {
  const { value } = await (await batches.iterator()).next();
  const twin = buildFlow({ ...options, gradient: 'stored' });
  twin.model.setWeights(flow.model.getWeights());
  const reversible = await memoryOfStep(present, flow.model, value.xs);
  const stored = await memoryOfStep(present, twin.model, value.xs);
  const times = (stored.activations / reversible.activations).toFixed(1);
  console.log(
    `Peak activation memory of a training step: ${megabytes(reversible.activations)}; ` +
      `stock gradients of the same flow: ${megabytes(stored.activations)}, ${times} times as much.`,
  );
  tf.dispose([value.xs, value.ys]);
  twin.dispose();
  return { reversible, stored };
}
