import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

export interface Step {
  /** Peak bytes of a gradient step beyond the weights and their gradients. */
  activations: number;
  weights: number;
  gradients: number;
}

/** Gradients of the mean of the model's output, of all variables. The caller disposes them. */
export const gradients = (model: tfl.LayersModel, x: tf.Tensor | tf.Tensor[]): tf.Tensor[] => {
  const { value, grads } = tf.variableGrads(() => tf.mean(model.apply(x, { training: true }) as tf.Tensor));
  value.dispose();
  return Object.values(grads);
};

/** The memory of one training step, after one that set ActNorm and the kernels up. */
export async function memoryOfStep(model: tfl.LayersModel, x: tf.Tensor | tf.Tensor[]): Promise<Step> {
  tf.dispose(gradients(model, x));
  const measured = await activationBytes(() => gradients(model, x));
  return { ...measured, weights: model.getWeights().reduce((sum, t) => sum + 4 * t.size, 0) };
}

/** Bytes as people read them: 12.3 MB. */
export const megabytes = (n: number): string => `${(n / 1e6).toFixed(n < 1e6 ? 3 : 1)} MB`;

export const elapsed = (f: () => tf.TensorContainer): number => {
  const begun = performance.now();
  tf.dispose(f());
  return performance.now() - begun;
};

export const quantile = (numbers: number[], q: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))]!;
};

/** A row of a Markdown table. */
export const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
