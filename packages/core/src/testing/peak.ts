import * as tf from '@tensorflow/tfjs-core';
import { watchBuffers } from '../autodiff/buffers';

export interface Peak<T> {
  /** Most bytes alive at once beyond those alive before. */
  peakBytes: number;
  /** Bytes that stay. */
  newBytes: number;
  result: T;
}

/**
 * Peak of the bytes behind living tensors while f runs: the same on every backend. Tensors that share their numbers, as one and its
 * reshape do, count once; pools and what a kernel holds while it runs are not in it. f may ask for the bytes alive at a moment.
 */
export const peakBytes = <T>(f: (live: () => number) => T | Promise<T>): Promise<Peak<T>> =>
  watchBuffers(async (count) => {
    const result = await f(() => count.live);
    return { peakBytes: count.peak, newBytes: count.live, result };
  });

/** Peak bytes of a gradient step beyond those of the gradients it returns, which are disposed. */
export async function activationBytes(
  step: () => tf.Tensor[],
): Promise<{ activations: number; gradients: number }> {
  const { peakBytes: peak, result } = await peakBytes(step);
  const gradients = result.reduce((sum, t) => sum + 4 * t.size, 0);
  tf.dispose(result);
  return { activations: peak - gradients, gradients };
}
