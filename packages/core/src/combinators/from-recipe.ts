import type { Bijection } from '../bijection';
import { refuse } from '../errors';
import { callable, checkValue, defined, required } from '../options';
import type { Recipe } from '../recipe';
import { isObject } from '../registry';
import { chain } from './chain';
import { onPart } from './on-part';
import { reverse } from './reverse';
import { split } from './split';

/** Deeper than anybody nests bijections. */
const deepest = 100;

/**
 * The bijection of a recipe. `make` makes those of a kind, of its class name and options.
 *
 * ```ts
 * const recipe = core.recipeOf(core.chain([core.actNorm(), core.reverse(core.actNorm())]));
 * const again = recipe && core.fromRecipe(recipe, (className, options) => core.actNorm(options));
 * ```
 */
export function fromRecipe(
  recipe: Recipe,
  make: (className: string, options: object) => Bijection,
): Bijection {
  checkValue('fromRecipe', 'make', make, required(callable));
  return made(recipe, make, 0);
}

function made(recipe: Recipe, make: Parameters<typeof fromRecipe>[1], depth: number): Bijection {
  if (depth > deepest) wanted(`at most ${deepest} bijections within each other`, 'more');
  checkRecipe(recipe);
  const inside = (part: Recipe) => made(part, make, depth + 1);
  if ('className' in recipe) return make(recipe.className, recipe.config);
  if (recipe.combinator === 'reverse') return reverse(inside(recipe.part));
  if (recipe.combinator === 'onPart') {
    const { count, which, part } = recipe;
    return onPart(inside(part), { count, which });
  }
  if (recipe.combinator === 'split') {
    const { shape, keep, part } = recipe;
    return split({ shape, ...defined({ keep }) }, part && inside(part));
  }
  const { members } = recipe;
  return chain(
    members.map(({ part }) => inside(part)),
    { keys: members.map(({ name }) => name) },
  );
}

/** What a file may hold in its place is refused; the makers check the rest. */
function checkRecipe(recipe: Recipe): void {
  if (!isObject(recipe)) wanted('a recipe', recipe);
  if ('className' in recipe) {
    if (typeof recipe.className !== 'string' || !isObject(recipe.config))
      wanted('a class name, and options', recipe);
  } else if (recipe.combinator === 'chain') {
    const { members } = recipe;
    if (!Array.isArray(members) || !members.every(isObject)) wanted('the members of a chain', members);
  } else if (!['reverse', 'onPart', 'split'].includes(recipe.combinator)) {
    wanted('a combinator that is chain, reverse, split or onPart', recipe);
  }
}

const wanted = (expected: string, got: unknown): never =>
  refuse('fromRecipe', expected, got, 'Take what recipeOf has given.');
