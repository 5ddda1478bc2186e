import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

const totals = new WeakMap<tf.Tensor, { logDet: tf.Tensor; pass: object | undefined }>();

/** The log-determinants travel beside the values: Σ log|det J| of the invertible layers that made this tensor. */
export const logDetOf = (y: tf.Tensor): tf.Tensor | undefined => totals.get(y)?.logDet;

/**
 * Attaches a log-determinant to a value, with which it is disposed: nobody else knows of it, and a model inside another, which
 * tidies up, hands on its outputs alone.
 * pass: what tf.layers hands to every layer of one execution of a model, the same object.
 */
export function attachLogDet(y: tf.Tensor, logDet: tf.Tensor, pass?: object): tf.Tensor {
  totals.set(y, { logDet: tf.keep(logDet), pass });
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

const carrying = new WeakSet<tfl.layers.Layer>();

export const isCarrying = (layer: tfl.layers.Layer): boolean => carrying.has(layer);

/** Makes a stock layer that only rearranges hand on the log-determinant of its input, from now on. */
export function carryLogDet(layer: tfl.layers.Layer): void {
  if (isCarrying(layer)) return;
  carrying.add(layer);
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const [x] = [inputs].flat();
    const [y] = [call(inputs, kwargs)].flat();
    const logDet = x && logDetOf(x);
    if (!x || !y || !logDet) return y ?? [];
    return attachLogDet(y === x ? tf.clone(y) : y, tf.clone(logDet));
  };
}
