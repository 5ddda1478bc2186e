import { canReadSync, noGrad } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** A number that is 0 where all of a tensor are finite, and NaN otherwise. Nothing is read from the device. The caller disposes it. */
export const notFinite = (t: tf.Tensor): tf.Tensor =>
  noGrad(() => tf.keep(tf.tidy(() => tf.sum(tf.mul(t, 0)))));

/** The key of the first tensor that has been flagged. */
export async function firstNotFinite<Key>(flags: ReadonlyMap<Key, tf.Tensor>): Promise<Key | undefined> {
  for (const [key, flag] of flags) {
    const [value] = await flag.data();
    if (value !== 0) return key;
  }
  return undefined;
}

/** Whether all numbers of all tensors are finite; where reads wait for a queue, in one read. */
export async function allFinite(tensors: readonly tf.Tensor[]): Promise<boolean> {
  if (canReadSync()) return tensors.every((t) => isFiniteArray(t.dataSync()));
  const sum = tf.tidy(() =>
    tensors.reduce<tf.Tensor>((total, t) => tf.add(total, tf.sum(tf.mul(t, 0))), tf.scalar(0)),
  );
  const [value] = await sum.data();
  sum.dispose();
  return value === 0;
}

function isFiniteArray(values: ArrayLike<number>): boolean {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += 0 * (values[i] ?? Number.NaN);
  return zero === 0;
}
