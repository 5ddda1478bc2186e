import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { isTaping } from './tapes/tape';

/** A tensor that an op has read, with the numbers that it had then: a variable that is assigned to later has others. */
export interface Read {
  /** Default: that of a variable. */
  name?: string | undefined;
  t: tf.Tensor;
  dataId: tf.DataId;
}

/** Refuses a gradient that could not be right: of a gradient, through an op of the outer one, or at weights that have changed. */
export function checkMoment(where: string, read: readonly Read[]): void {
  if (isTaping()) {
    const remedy = "Apply the map inside the inner gradient's own function.";
    refuse(where, 'one gradient', 'a gradient of a gradient, through an op outside the inner one', remedy);
  }
  // Running statistics move in the forward pass, and no step reads them.
  const assigned = read.find(
    ({ t, dataId }) => t instanceof tf.Variable && t.trainable && t.dataId !== dataId,
  );
  if (!assigned) return;
  const remedy =
    'Assign after the gradient has been taken: the forward pass is gone through again with these weights.';
  const { name, t } = assigned;
  const got = `${name ?? (t instanceof tf.Variable ? t.name : 'a tensor')} assigned to in between`;
  refuse(where, 'the weights of the forward pass in the backward pass', got, remedy);
}
