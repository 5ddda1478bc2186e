import type { Bijection, Shape } from './bijection';

/** How a bijection was made, as plain data: of a kind, by the class name of its layer and its options, or of other bijections. */
export type Recipe =
  | { className: string; config: object }
  | { combinator: 'chain'; members: readonly { name: string; part: Recipe }[] }
  | { combinator: 'reverse'; part: Recipe }
  | { combinator: 'onPart'; count: number; which: 'first' | 'last'; part: Recipe }
  | { combinator: 'split'; shape: Shape; keep?: number | undefined; part?: Recipe | undefined };

const recipes = new WeakMap<Bijection, Recipe>();

/** Remembers how a bijection was made; one with parts that were made by hand has no recipe. */
export function withRecipe(b: Bijection, recipe: Recipe | undefined): Bijection {
  if (recipe) recipes.set(b, recipe);
  return b;
}

/**
 * How a bijection was made, for files: of a kind, or by `chain`, `reverse`, `split` and `onPart` of such; undefined for others.
 * {@link fromRecipe} makes it again.
 */
export const recipeOf = (b: Bijection): Recipe | undefined => recipes.get(b);
