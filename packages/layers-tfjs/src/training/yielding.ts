import * as tf from '@tensorflow/tfjs-core';

/** As often as `fit` of tf.layers by itself. */
const milliseconds = 125;

/** For a loop to await: gives the event loop its turn whenever the last one is long enough ago. */
export function yielding(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await tf.nextFrame();
    last = performance.now();
  };
}
