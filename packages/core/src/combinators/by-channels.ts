import { type Bijection, complete, type Shape } from '../bijection';
import { bodyOf } from '../edge';
import { channels } from '../tensors/channels';
import { trainingOf } from './training-of';

/** A bijection that keeps the shape and is built for the number of channels that it gets. */
export function byChannels(name: string, make: (n: number) => Bijection): Bijection {
  const made = new Map<number, Bijection>();
  const of = (shape: Shape): Bijection => {
    const n = channels(shape);
    const b = made.get(n) ?? bodyOf(make(n));
    made.set(n, b);
    return b;
  };
  return complete({
    name,
    weights: (shape, condition) => of(shape).weights(shape, condition),
    members: (shape, condition) => of(shape).members(shape, condition),
    outputShape: (shape) => of(shape).outputShape(shape),
    inputShape: (shape) => of(shape).inputShape(shape),
    forward: (x, w, c) => of(x.shape).forward(x, w, c),
    inverse: (y, w, c) => of(y.shape).inverse(y, w, c),
    pullback: (y, dy, dL, w, c) => of(y.shape).pullback(y, dy, dL, w, c),
    inversePullback: (x, dx, dL, w, c) => of(x.shape).inversePullback(x, dx, dL, w, c),
    pushforward: (x, dx, w, dw, c, dc) => of(x.shape).pushforward(x, dx, w, dw, c, dc),
    inversePushforward: (y, dy, w, dw, c, dc) => of(y.shape).inversePushforward(y, dy, w, dw, c, dc),
    initialize: (input, w, direction, c) => of(input.shape).initialize(input, w, direction, c),
    training(this: Bijection, seed: number) {
      const next = new Map([...made].map(([n, b]) => [n, trainingOf(b, seed)]));
      const same = made.size > 0 && [...made].every(([n, b]) => next.get(n) === b);
      return same ? this : byChannels(name, (n) => next.get(n) ?? trainingOf(of([1, n]), seed));
    },
  });
}
