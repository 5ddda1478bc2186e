import { type Bijection, complete } from '../bijection';
import { checkBijection } from '../check';
import { backwards, bothWays } from '../directions';
import { bodyOf, checked } from '../edge';
import { recipeOf, withRecipe } from '../recipe';

/** The inverse map as a bijection: forward and inverse swap, and it is trained in that direction. Same weights. */
export function reverse(b: Bijection): Bijection {
  checkBijection('reverse', b);
  const part = recipeOf(b);
  const made = checked(reversed(bodyOf(b)), { print: () => `reverse(${b})` });
  return withRecipe(made, part && { combinator: 'reverse', part });
}

const reversed = (b: Bijection): Bijection =>
  complete({
    name: `reverse(${b.name})`,
    ...bothWays(backwards(b), b),
    weights: (shape, condition) => b.weights(b.inputShape(shape), condition),
    training(this: Bijection, seed: number) {
      const next = b.training(seed);
      return next === b ? this : reversed(next);
    },
    initialize: (input, w, direction, c) =>
      b.initialize(input, w, direction === 'forward' ? 'inverse' : 'forward', c),
  });
