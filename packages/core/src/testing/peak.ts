import * as tf from '@tensorflow/tfjs-core';

export interface Peak<T> {
  /** Most bytes alive at once beyond those alive before. */
  peakBytes: number;
  /** Bytes that stay. */
  newBytes: number;
  result: T;
}

/** Peak of the live logical bytes while f runs: the same on every backend; pools and kernel temporaries are not in it. */
export async function peakBytes<T>(f: () => T | Promise<T>): Promise<Peak<T>> {
  const before = tf.memory().numBytes;
  let result!: T;
  // tfjs awaits the function, but types it as one that does not.
  const info = await tf.profile((async () => {
    result = await f();
    return tf.tensor1d([]);
  }) as unknown as () => tf.Tensor);
  tf.dispose(info.result);
  return { peakBytes: info.peakBytes - before, newBytes: tf.memory().numBytes - before, result };
}

/** Peak bytes of a gradient step beyond those of the gradients it returns, which are disposed. */
export async function activationBytes(
  step: () => tf.Tensor[],
): Promise<{ activations: number; gradients: number }> {
  const { peakBytes: peak, result } = await peakBytes(step);
  const gradients = result.reduce((sum, t) => sum + 4 * t.size, 0);
  tf.dispose(result);
  return { activations: peak - gradients, gradients };
}
