import type * as tf from '@tensorflow/tfjs-core';

const totals = new WeakMap<tf.Tensor, { logDet: tf.Tensor; pass: object | undefined }>();

/** The log-determinants travel beside the values: Σ log|det J| of the invertible layers that made this tensor. */
export function logDetOf(y: tf.Tensor): tf.Tensor | undefined {
  const logDet = totals.get(y)?.logDet;
  return logDet?.isDisposed ? undefined : logDet;
}

/**
 * Attaches a log-determinant to a value, with which it is disposed: nobody else knows of it.
 * pass: what tf.layers hands to every layer of one execution of a model, the same object.
 */
export function attachLogDet(y: tf.Tensor, logDet: tf.Tensor, pass: object | undefined): tf.Tensor {
  totals.set(y, { logDet, pass });
  const dispose = y.dispose.bind(y);
  y.dispose = () => {
    logDet.dispose();
    dispose();
  };
  return y;
}

/** Whether a tensor was made by an invertible layer in this very execution of a model, and not handed in by the user. */
export const fromSamePass = (x: tf.Tensor, pass: object | undefined): boolean =>
  pass !== undefined && totals.get(x)?.pass === pass;
