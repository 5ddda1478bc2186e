import { childSeed, type WeightSpec, type Weights } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { addWeight, variablesOf } from './tfjs-internals';

/** Creates variables for weights, and says their names in the order in which the layer then lists them. */
export function addWeights(layer: tfl.layers.Layer, specs: readonly WeightSpec[], seed: number): string[] {
  for (const [i, { name, shape, initialize, trainable = true }] of specs.entries()) {
    addWeight(layer, name, shape, trainable, () => initialize(childSeed(seed, i)));
  }
  // tf.layers lists the weights that train before those that do not.
  const fixed = specs.filter(({ trainable = true }) => !trainable);
  return [...specs.filter((spec) => !fixed.includes(spec)), ...fixed].map(({ name }) => name);
}

/** The weights of a layer by name, as they are now. */
export function valuesOf(layer: tfl.layers.Layer, names: readonly string[]): Weights {
  const variables = variablesOf(layer);
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const variable = variables[i];
      return variable ? [[name, variable.read()]] : [];
    }),
  );
}
