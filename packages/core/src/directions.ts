import type { Bijection, OneWay } from './bijection';
import { tidy } from './tidy';

/** The direction of the inverse, as a map of its own. */
export const backwards = (b: Bijection): OneWay => ({
  outputShape: (shape) => b.inputShape(shape),
  forward: (x, w, c) => {
    const { x: y, logDet } = b.inverse(x, w, c);
    return { y, logDet };
  },
  pullback: (y, dy, dL, w, c) => {
    const { y: x, dy: dx, ...rest } = b.inversePullback(y, dy, dL, w, c);
    return { x, dx, ...rest };
  },
  pushforward: (x, dx, w, dw, c, dc) => {
    const { x: y, dx: dy, ...rest } = b.inversePushforward(x, dx, w, dw, c, dc);
    return { y, dy, ...rest };
  },
});

/** The same direction, which frees what it made on its way: for who does more than one thing. */
export const tidied = ({ outputShape, forward, pullback, pushforward }: OneWay): OneWay => ({
  outputShape,
  forward: (...inputs) => tidy(() => forward(...inputs)),
  pullback: (...inputs) => tidy(() => pullback(...inputs)),
  pushforward: (...inputs) => tidy(() => pushforward(...inputs)),
});

/** The maps of a bijection from its two directions. */
export const bothWays = (there: OneWay, back: OneWay) =>
  ({
    outputShape: there.outputShape,
    forward: there.forward,
    pullback: there.pullback,
    pushforward: there.pushforward,
    inputShape: back.outputShape,
    inverse: (y, w, c) => {
      const { y: x, logDet } = back.forward(y, w, c);
      return { x, logDet };
    },
    inversePullback: (x, dx, dL, w, c) => {
      const { x: y, dx: dy, ...rest } = back.pullback(x, dx, dL, w, c);
      return { y, dy, ...rest };
    },
    inversePushforward: (y, dy, w, dw, c, dc) => {
      const { y: x, dy: dx, ...rest } = back.pushforward(y, dy, w, dw, c, dc);
      return { x, dx, ...rest };
    },
  }) satisfies Partial<Bijection>;

/** The same change made to both directions of a bijection; all else of it stays. */
export const eachWay = (
  b: Bijection,
  change: (way: OneWay) => Pick<OneWay, 'forward' | 'pullback' | 'pushforward'>,
): Bijection => {
  const changed = (way: OneWay): OneWay => ({
    outputShape: (shape) => way.outputShape(shape),
    ...change(tidied(way)),
  });
  return { ...b, ...bothWays(changed(b), changed(backwards(b))) };
};
