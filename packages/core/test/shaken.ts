import type * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

export const normal = (shape: readonly number[], seed: number) =>
  tf.randomNormal([...shape], 0, 1, 'float32', seed);

/** Weights of a bijection away from its start, where it is the identity. shape: of a sample. */
export const shakenBy = (deviation: number, b: core.Bijection, shape: readonly number[]): core.Weights =>
  Object.fromEntries(
    b.weights([1, ...shape]).map(({ name, shape: s }, i) => [name, tf.mul(deviation, normal(s, 10 + i))]),
  );
