import type * as tf from '@tensorflow/tfjs-core';

/** A tensor that a kernel makes: of new numbers, or a second name for those of another. */
export interface Made {
  shape: readonly number[];
  dtype?: tf.DataType;
  /** Whose numbers it has. */
  like?: tf.TensorInfo;
}

type Inputs = Record<string, tf.TensorInfo>;

/** What a kernel makes of its inputs, as far as shapes tell. Each rule knows the names of its kernel's inputs and attributes. */
export type Rule = (inputs: never, attrs: never) => Made | Made[];

/** The same rule for many kernels. */
export const each = (kernels: readonly string[], rule: Rule): Record<string, Rule> =>
  Object.fromEntries(kernels.map((name) => [name, rule]));

export const firstOf = (inputs: Inputs): tf.TensorInfo =>
  Object.values(inputs)[0] ?? { dataId: {}, shape: [], dtype: 'float32' };

export const product = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);
