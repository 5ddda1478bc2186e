import { canReadSync, noGrad, refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** Numbers that have been looked at: every layer of a conditional flow gets the same condition. Assigning to a variable gives it others. */
const finite = new WeakSet<tf.DataId>();

/** Refuses a batch with NaN or an infinity, before it has touched any weight. On GPU backends nothing is read. */
export function checkFinite(where: string, x: tf.Tensor): void {
  if (finite.has(x.dataId) || !canReadSync()) return;
  const zero = noGrad(() => tf.tidy(() => tf.sum(tf.mul(x, 0)).dataSync()[0]));
  if (Number.isNaN(zero)) {
    const remedy = 'Clean the data or lower the learning rate; no weight was changed by this batch.';
    refuse(where, 'finite numbers', `NaN or an infinity in a batch of shape [${x.shape.join(', ')}]`, remedy);
  }
  finite.add(x.dataId);
}
