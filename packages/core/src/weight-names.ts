import type { WeightSpec, Weights } from './bijection';

/** The weights of one part of a composition, whose names begin with its key, without the key. */
export const withoutPrefix = (w: Weights, key: string): Weights =>
  Object.fromEntries(
    Object.entries(w)
      .filter(([name]) => name.startsWith(key))
      .map(([name, t]) => [name.slice(key.length), t]),
  );

export const withPrefix = (key: string, w: Weights): Weights =>
  Object.fromEntries(Object.entries(w).map(([name, t]) => [key + name, t]));

export const specsWithPrefix = (key: string, specs: readonly WeightSpec[]): WeightSpec[] =>
  specs.map((spec) => ({ ...spec, name: key + spec.name }));
