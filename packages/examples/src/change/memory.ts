import * as core from '@invertible/core';
import { peakBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs';
import { hyperbolicStack } from './stack';

/** Layers of the network whose memory is measured, and channels of their hidden activations. */
export const [layers, channels] = [18, 128];
/** [x, y, band] of the volume that the talk segments, at two dates. */
export const ofTheTalk = 307 * 241 * 154;

/** Bytes of a training step of the network on a volume of two dates. */
export interface Footprint {
  voxels: number;
  /** Peak of a step with gradients that rebuild the activations. */
  reversible: number;
  /** What the forward pass leaves for the backward pass when activations are stored. */
  stored: number;
  /** Peak of such a step: until its end tfjs keeps the cotangents of the backward pass besides. */
  storedPeak: number;
}

/** Measures a step on a cube of n³ voxels; weights and their gradients do not count. */
export async function footprint(n: number): Promise<Footprint> {
  const x = tf.tidy(() => core.pairOfStates(tf.randomNormal([1, n, n, n, 2], 0, 1, 'float32', 1)));
  const stack = hyperbolicStack({ layers, hidden: channels, shape: x.shape, seed: 1 });
  const measure = async (gradient: 'reversible' | 'stored') => {
    const { peakBytes: peak, result } = await peakBytes((live) => {
      let left = 0;
      const { value, grads } = tf.variableGrads(() => {
        const loss = tf.tidy(() => tf.mean(stack.apply(x, gradient)));
        left = live();
        return loss.asScalar();
      });
      value.dispose();
      const gradients = Object.values(grads);
      return { left, gradients };
    });
    const ofGradients = result.gradients.reduce((sum, t) => sum + 4 * t.size, 0);
    tf.dispose(result.gradients);
    return { left: result.left, peak: peak - ofGradients };
  };
  const [reversible, stored] = [await measure('reversible'), await measure('stored')];
  tf.dispose([x, stack.variables]);
  return { voxels: n ** 3, reversible: reversible.peak, stored: stored.left, storedPeak: stored.peak };
}
