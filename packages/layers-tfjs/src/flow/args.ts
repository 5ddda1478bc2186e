import { type Rule, type Rules, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Guards } from '../training/guards';
import { type Condition, conditionRule } from './condition';

export interface Given {
  condition?: Condition | undefined;
}

export interface FlowFitArgs
  extends Omit<tfl.ModelFitArgs, 'validationData' | 'sampleWeight' | 'classWeight' | 'stepsPerEpoch'>,
    Given {
  /** Samples to validate with, and their conditions. */
  validationData?: tf.Tensor | [x: tf.Tensor, condition: Condition];
  /** How much each sample counts, [n]: the loss of a batch is the mean of weight × −log p. Default: one each. */
  sampleWeight?: tf.Tensor;
  /** What watches the training; false switches all of it off. Default: all on. */
  guards?: Guards | false;
}

export type FlowFitDatasetArgs = Parameters<tfl.LayersModel['fitDataset']>[1] & Pick<FlowFitArgs, 'guards'>;

export interface FlowSampleOptions extends Given {
  /** The same seed gives the same samples. Default: other ones with each call. */
  seed?: number;
  /** Below 1: likelier samples, less varied. Default 1. */
  temperature?: number;
  /** n samples for each of the conditions [m, …], in one batch of m·n: [m, n, …]. Default false. */
  each?: boolean;
}

const { either, flag, optionsOf, tensor, whole } = rules;

/** A fraction of the samples. */
const fraction = {
  ...rules.between(0, 1),
  holds: (v: unknown) => v === 0 || rules.between(0, 1).holds(v),
};
const callbacks: Rule = {
  expected: 'a callback or a list of them',
  holds: (value) => [value].flat().every((callback) => typeof callback === 'object' && callback !== null),
};

export const fitRules: Rules<FlowFitArgs> = {
  batchSize: whole(),
  epochs: whole(1, 2 ** 31),
  verbose: rules.oneOf(0, 1, 2),
  callbacks,
  validationSplit: fraction,
  validationData: {
    expected: 'a tensor, or [x, condition]',
    holds: (v) =>
      Array.isArray(v) ? v.length === 2 && tensor.holds(v[0]) && conditionRule.holds(v[1]) : tensor.holds(v),
  },
  shuffle: flag,
  initialEpoch: whole(0, 2 ** 31),
  validationSteps: whole(),
  yieldEvery: either(whole(0, 2 ** 31), rules.oneOf('auto', 'batch', 'epoch', 'never')),
  condition: conditionRule,
  sampleWeight: tensor,
  guards: {
    expected: 'false, or an object of the guards',
    holds: (v) => v === false || optionsOf('').holds(v),
  },
};

export const datasetRules: Rules<FlowFitDatasetArgs> = {
  batchesPerEpoch: whole(),
  epochs: rules.required(whole(1, 2 ** 31)),
  verbose: rules.oneOf(0, 1, 2),
  callbacks,
  validationData: {
    expected: 'a dataset, or a pair of tensors',
    holds: (v) => typeof v === 'object' && v !== null,
  },
  validationBatchSize: whole(),
  validationBatches: whole(),
  yieldEvery: fitRules.yieldEvery,
  initialEpoch: whole(0, 2 ** 31),
  classWeight: optionsOf('classes'),
  guards: fitRules.guards,
};
