import * as tf from '@tensorflow/tfjs-core';
import { batch } from './channels';

/** k copies of a batch, one after the other: [batch, …] → [k·batch, …]. As rows, since GPU backends lack tiles of rank 5. */
export const copies = (t: tf.Tensor, k: number): tf.Tensor =>
  k === 1
    ? t
    : tf.reshape(tf.tile(tf.reshape(t, [batch(t), -1]), [k, 1]), [k * batch(t), ...t.shape.slice(1)]);

/** The sum of k batches that lie one after the other: [k·batch, …] → [batch, …], the adjoint of the copies. */
export const sumOfCopies = (t: tf.Tensor, k: number): tf.Tensor =>
  k === 1 ? t : tf.reshape(tf.sum(tf.reshape(t, [k, -1]), 0), [batch(t) / k, ...t.shape.slice(1)]);
