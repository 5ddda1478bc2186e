import * as tf from '@tensorflow/tfjs-core';
import { simdOf } from './simd/module';

/** Kernels that stand in front of the stock ones. */
export const inFront = new WeakSet<tf.KernelFunc>();

/** Whether convolutions of volumes are ours on the present backend, and right: the gradients of some backends are wrong. */
export function hasVolumes(): boolean {
  const kernel = tf.getKernel(tf.Conv3DBackpropFilterV2, tf.getBackend());
  if (!kernel || !inFront.has(kernel.kernelFunc)) return false;
  return tf.getBackend() !== 'wasm' || simdOf(tf.backend()) !== undefined;
}
