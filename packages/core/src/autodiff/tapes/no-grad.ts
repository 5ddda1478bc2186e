import * as tf from '@tensorflow/tfjs-core';

/** Runs f without recording it on the tape that may be open. */
export function noGrad<T>(f: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}
