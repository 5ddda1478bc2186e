import type { Bijection } from '../bijection';

/** The same map, blind to the condition that those around it are given. */
export const unconditional = (b: Bijection): Bijection => ({
  ...b,
  weights: (shape) => b.weights(shape),
  forward: (x, w) => b.forward(x, w),
  inverse: (y, w) => b.inverse(y, w),
  pullback: (y, dy, dL, w) => b.pullback(y, dy, dL, w),
  inversePullback: (x, dx, dL, w) => b.inversePullback(x, dx, dL, w),
  pushforward: (x, dx, w, dw) => b.pushforward(x, dx, w, dw),
  inversePushforward: (y, dy, w, dw) => b.inversePushforward(y, dy, w, dw),
  ...(b.members && { members: (shape) => b.members!(shape) }),
  ...(b.training && { training: (seed) => unconditional(b.training!(seed)) }),
  ...(b.initialize && { initialize: (input, w, direction) => b.initialize!(input, w, direction) }),
});
