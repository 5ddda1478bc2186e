import { peakBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

export interface Step {
  /** Peak bytes of a gradient step beyond the weights and their gradients. */
  activations: number;
  weights: number;
  gradients: number;
}

/** Gradients of the mean of the model's output. The caller disposes them. */
export const gradients = (model: tfl.Sequential, x: tf.Tensor): tf.Tensor[] => {
  const { value, grads } = tf.variableGrads(() => tf.mean(model.apply(x, { training: true }) as tf.Tensor));
  value.dispose();
  return Object.values(grads);
};

const bytes = (tensors: { size: number }[]) => tensors.reduce((sum, t) => sum + 4 * t.size, 0);

/** The memory of one training step, after one that set ActNorm and the kernels up. */
export async function memoryOfStep(model: tfl.Sequential, x: tf.Tensor): Promise<Step> {
  tf.dispose(gradients(model, x));
  const { peakBytes: peak, result } = await peakBytes(() => gradients(model, x));
  const own = bytes(result);
  tf.dispose(result);
  return {
    activations: peak - own,
    weights: bytes(model.getWeights()),
    gradients: own,
  };
}

/** Bytes as people read them: 12.3 MB. */
export const megabytes = (n: number): string => `${(n / 1e6).toFixed(n < 1e6 ? 3 : 1)} MB`;
