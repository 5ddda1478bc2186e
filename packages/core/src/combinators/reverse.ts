import type { Bijection } from '../bijection';

/** The inverse map as a bijection: forward and inverse swap, and it is trained in that direction. Same weights. */
export function reverse(b: Bijection): Bijection {
  return {
    name: `reverse(${b.name})`,
    weights: (shape, condition) => b.weights(b.inputShape(shape), condition),
    outputShape: (shape) => b.inputShape(shape),
    inputShape: (shape) => b.outputShape(shape),
    forward: (x, w, c) => {
      const { x: y, logDet } = b.inverse(x, w, c);
      return { y, logDet };
    },
    inverse: (y, w, c) => {
      const { y: x, logDet } = b.forward(y, w, c);
      return { x, logDet };
    },
    pullback: (y, dy, dL, w, c) => {
      const { y: x, dy: dx, ...rest } = b.inversePullback(y, dy, dL, w, c);
      return { x, dx, ...rest };
    },
    inversePullback: (x, dx, dL, w, c) => {
      const { x: y, dx: dy, ...rest } = b.pullback(x, dx, dL, w, c);
      return { y, dy, ...rest };
    },
    pushforward: (x, dx, w, dw, c, dc) => {
      const { x: y, dx: dy, ...rest } = b.inversePushforward(x, dx, w, dw, c, dc);
      return { y, dy, ...rest };
    },
    inversePushforward: (y, dy, w, dw, c, dc) => {
      const { y: x, dy: dx, ...rest } = b.pushforward(y, dy, w, dw, c, dc);
      return { x, dx, ...rest };
    },
    ...(b.training && { training: (seed) => reverse(b.training!(seed)) }),
    ...(b.initialize && {
      initialize: (input, w, direction, c) =>
        b.initialize!(input, w, direction === 'forward' ? 'inverse' : 'forward', c),
    }),
  };
}
