import { checkLivingTensor, type Rule, type Rules, refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { refuseSecondCopy } from './one-copy';

type Input = tf.Tensor | tfl.SymbolicTensor;

/** The inputs of a layer as a list: x, by the name it has there, and a condition; tensors of numbers, or symbolic ones. */
export function inputsOf(where: string, inputs: Input | Input[], name = 'x'): Input[] {
  const all = [inputs].flat();
  refuseSecondCopy(where, all);
  const wanted = `${name}, or [${name}, condition]`;
  if (all.length > 2) {
    refuse(where, wanted, `${all.length} tensors`, 'Join the conditions first, by joinConditions().');
  }
  if (all.length === 0) refuse(where, 'a tensor', 'none', `Give it ${wanted}.`);
  if (!all.every((t) => t instanceof tfl.SymbolicTensor)) {
    for (const t of all) checkLivingTensor(where, 'each input', t);
  }
  return all;
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
