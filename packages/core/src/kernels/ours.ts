import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels that stand in front of the stock ones, and whether they are the ones that compute: a wasm backend may not show its memory.
 * Who registers them says so, since an app without `registerKernels` needs none of their code.
 */
export const inFront = new WeakMap<tf.KernelFunc, () => boolean>();

/** Whether convolutions of volumes are ours on the present backend, and right: the gradients of some backends are wrong. */
export function hasVolumes(): boolean {
  const kernel = tf.getKernel(tf.Conv3DBackpropFilterV2, tf.getBackend());
  return (kernel && inFront.get(kernel.kernelFunc)?.()) ?? false;
}
