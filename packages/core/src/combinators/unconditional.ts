import type { Bijection } from '../bijection';
import { checkBijection } from '../check';
import { eachWay } from '../directions';
import { bodyOf, checked } from '../edge';

/** The same map, blind to the condition that those around it are given. */
export function unconditional(b: Bijection): Bijection {
  checkBijection('unconditional', b);
  return checked(blind(bodyOf(b)), { print: () => `unconditional(${b})` });
}

const blind = (b: Bijection): Bijection => ({
  ...eachWay(b, (way) => ({
    forward: (x, w) => way.forward(x, w),
    pullback: (y, dy, dL, w) => way.pullback(y, dy, dL, w),
    pushforward: (x, dx, w, dw) => way.pushforward(x, dx, w, dw),
  })),
  weights: (shape) => b.weights(shape),
  members: (shape) => b.members(shape),
  training(this: Bijection, seed: number) {
    const next = b.training(seed);
    return next === b ? this : blind(next);
  },
  initialize: (input, w, direction) => b.initialize(input, w, direction),
});
