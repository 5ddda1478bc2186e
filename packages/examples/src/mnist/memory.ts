import * as tf from '@tensorflow/tfjs';
import { present } from '../libraries';
import { memoryOfStep } from '../measure';
import { megabytes } from '../report';
import { side } from './data';
import { buildFlow } from './model';
import type { Shaping } from './start';

/** Compares the flow with one of the same weights whose activations tfjs stores, and prints both. */
export async function compareMemory(model: tf.Sequential, options: Shaping): Promise<void> {
  const x = tf.randomUniform([options.batch, side, side, 1]);
  const twin = buildFlow({ ...options, gradient: 'stored' });
  twin.setWeights(model.getWeights());
  const reversible = await memoryOfStep(present, model, x);
  const stored = await memoryOfStep(present, twin, x);
  const times = (stored.activations / reversible.activations).toFixed(1);
  console.log(
    `Peak activation memory of a training step: ${megabytes(reversible.activations)}; ` +
      `stock gradients of the same flow: ${megabytes(stored.activations)}, ${times} times as much.`,
  );
  x.dispose();
}
