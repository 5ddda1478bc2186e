import { type Rule, type Rules, refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const isTensor = (t: unknown): t is tf.Tensor =>
  typeof t === 'object' && t !== null && 'dtype' in t && 'shape' in t && 'dataId' in t;

/** Refuses what is no living tensor of numbers. */
export function checkTensor(where: string, what: string, t: unknown): asserts t is tf.Tensor {
  if (!isTensor(t)) refuse(where, `${what} to be a tensor`, t, 'As in tf.tensor2d([[1, 2]]).');
  if (t.isDisposed) refuse(where, `${what} to be a living tensor`, 'a disposed one', 'Keep it for longer.');
  if (t.dtype === 'string' || t.dtype === 'complex64') {
    refuse(where, `${what} of numbers`, t, 'Cast it to float32.');
  }
}

/** Refuses inputs of a layer that are neither tensors nor symbolic ones, or more than x and a condition. */
export function checkInputs(where: string, inputs: unknown): void {
  const all = [inputs].flat();
  if (all.length > 2) {
    const remedy = 'Join conditions into one tensor first.';
    refuse(where, 'x, or [x, condition]', `${all.length} tensors`, remedy);
  }
  if (all.length > 0 && all.every((t) => t instanceof tfl.SymbolicTensor)) return;
  if (all.length === 0) refuse(where, 'a tensor', 'none', 'Apply the layer to x, or to [x, condition].');
  for (const t of all) checkTensor(where, 'each input', t);
}

/** A model of tf.layers. */
export const layersModel: Rule = {
  expected: 'a tf.LayersModel',
  holds: (value) => value instanceof tfl.LayersModel,
  remedy: 'That of a flow is flow.model.',
};

export const optimizerRule: Rule = {
  ...rules.having('minimize', 'applyGradients'),
  expected: 'an optimizer',
  remedy: 'As in tf.train.adam(1e-3).',
};

export const functionRule: Rule = { ...rules.callable, required: true };

/** Refuses a model that is none, and options that are none. */
export function checkModelAnd<Options extends object>(
  where: string,
  model: unknown,
  options: Options,
  of: Rules<Options>,
): void {
  rules.checkValue(where, 'model', model, layersModel);
  rules.checkOptions(where, options, of);
}
