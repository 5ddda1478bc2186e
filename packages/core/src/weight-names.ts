import type * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec, Weights } from './bijection';
import { refuse } from './errors';

/** A weight that must be there: the edge has seen to it. */
export const weight = (w: Weights, name: string): tf.Tensor =>
  w[name] ??
  refuse('weights', `a weight ${name}`, Object.keys(w).join(', ') || 'none', 'Make them by createWeights.');

/** A condition that must be there. */
export const present = (c: tf.Tensor | undefined): tf.Tensor =>
  c ?? refuse('bijection', 'a condition', 'none', 'Give the condition as the second input.');

/** The weights of one part of a composition, whose names begin with its key, without the key. */
export const withoutPrefix = (w: Weights, key: string): Weights =>
  Object.fromEntries(
    Object.entries(w)
      .filter(([name]) => name.startsWith(key))
      .map(([name, t]) => [name.slice(key.length), t]),
  );

/** Weights whose names begin with a key. */
export const withPrefix = (key: string, w: Weights): Weights =>
  Object.fromEntries(Object.entries(w).map(([name, t]) => [key + name, t]));

export const specsWithPrefix = (key: string, specs: readonly WeightSpec[]): WeightSpec[] =>
  specs.map((spec) => ({ ...spec, name: key + spec.name }));

/** The weights `key/name` of many parts by key, without the keys, in one pass. A key may hold slashes. */
export function byKey(w: Weights, keys: readonly string[]): (key: string) => Weights {
  const groups = new Map<string, Weights>(keys.map((key) => [key, {}]));
  for (const [name, t] of Object.entries(w)) {
    for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      const group = groups.get(name.slice(0, slash));
      if (group) group[name.slice(slash + 1)] = t;
    }
  }
  return (key) => groups.get(key) ?? {};
}
