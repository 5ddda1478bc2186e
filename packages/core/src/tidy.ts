import * as tf from '@tensorflow/tfjs-core';

/** tf.tidy for a function that returns tensors in objects and arrays of any type. */
export const tidy = <T>(f: () => T): T =>
  // tfjs asks for an index signature, which interfaces do not have.
  tf.tidy(f as () => tf.TensorContainer) as T;
