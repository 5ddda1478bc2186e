import * as tf from '@tensorflow/tfjs-core';

/** Whether the numbers of the present backend can be looked at without stopping a queue. */
export const canReadSync = (): boolean => ['cpu', 'wasm', 'tensorflow'].includes(tf.getBackend());
