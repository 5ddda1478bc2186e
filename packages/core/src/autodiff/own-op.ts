import * as tf from '@tensorflow/tfjs-core';

/** An op of ours as tfjs knows ops: a kernel, and its gradient. */
export interface OwnOp {
  inputsToSave: string[];
  outputsToSave?: boolean[];
  kernelFunc: tf.KernelFunc;
  gradFunc: tf.GradFunc;
}

/** Registers an op of ours, its kernel on the present backend, where it is not there yet; returns its name. */
export function registerOwnOp(kernelName: string, make: () => OwnOp): string {
  const backendName = tf.getBackend();
  if (tf.getGradient(kernelName) && tf.getKernel(kernelName, backendName)) return kernelName;
  const { kernelFunc, ...gradient } = make();
  if (!tf.getGradient(kernelName)) tf.registerGradient({ kernelName, ...gradient });
  if (!tf.getKernel(kernelName, backendName)) tf.registerKernel({ kernelName, backendName, kernelFunc });
  return kernelName;
}
