import type * as tf from '@tensorflow/tfjs-core';

const handedOver = new WeakSet<tf.Tensor>();

/** Gives a tensor up to the function that gets it next: it may free it as soon as it has read it. Disposing it again does no harm. */
export function handOver<T extends tf.Tensor>(t: T): T {
  handedOver.add(t);
  return t;
}

/** Frees a tensor that was handed over, once it is read; any other is its holder's. */
export function freeIfHandedOver(...read: tf.Tensor[]): void {
  for (const t of read) if (handedOver.has(t)) t.dispose();
}
