import { childSeed, upgradeWeights, type WeightSpec, type Weights } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { addWeight, variablesOf } from './tfjs-internals';

/** Creates variables for weights, and gives their specs in the order in which the layer then lists them. */
export function addWeights(
  layer: tfl.layers.Layer,
  specs: readonly WeightSpec[],
  seed: number,
): readonly WeightSpec[] {
  for (const [i, { name, shape, initialize, trainable = true }] of specs.entries()) {
    addWeight(layer, name, shape, trainable, () => initialize(childSeed(seed, i)));
  }
  // tf.layers lists the weights that train before those that do not.
  const fixed = specs.filter(({ trainable = true }) => !trainable);
  return [...specs.filter((spec) => !fixed.includes(spec)), ...fixed];
}

/** The weights of a layer by name, as they are now. */
export function valuesOf(layer: tfl.layers.Layer, specs: readonly WeightSpec[]): Weights {
  const variables = variablesOf(layer);
  return Object.fromEntries(
    specs.flatMap(({ name }, i) => {
      const variable = variables[i];
      return variable ? [[name, variable.read()]] : [];
    }),
  );
}

/** A list as long as that of an older version as today's; any other as it is. */
export function ofToday(list: tf.Tensor[], specs: readonly WeightSpec[]): tf.Tensor[] {
  const older = specs.filter(({ fromOlder }) => !fromOlder);
  if (list.length !== older.length || older.length === specs.length) return list;
  const named = Object.fromEntries(list.map((t, i) => [older[i]?.name ?? '', t]));
  const renewed = upgradeWeights({ weights: () => [...specs] }, [1, 1], named);
  return specs.flatMap(({ name }) => renewed[name] ?? []);
}

/** True when no weight that could be trained may be, for the layer itself or for the model around it. */
export function isFrozen(layer: tfl.layers.Layer, specs: readonly WeightSpec[]): boolean {
  const variables = variablesOf(layer);
  const trained = specs.flatMap(({ trainable = true }, i) => (trainable ? (variables[i] ?? []) : []));
  return !layer.trainable || (trained.length > 0 && trained.every((variable) => !variable.trainable));
}
