import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { backwards, bothWays } from '../directions';
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
  const way = (at: (shape: Shape) => OneWay): OneWay => ({
    outputShape: (shape) => at(shape).outputShape(shape),
    forward: (x, ...rest) => at(x.shape).forward(x, ...rest),
    pullback: (y, ...rest) => at(y.shape).pullback(y, ...rest),
    pushforward: (x, ...rest) => at(x.shape).pushforward(x, ...rest),
  });
  return complete({
    name,
    ...bothWays(
      way(of),
      way((shape) => backwards(of(shape))),
    ),
    weights: (shape, condition) => of(shape).weights(shape, condition),
    members: (shape, condition) => of(shape).members(shape, condition),
    initialize: (input, ...rest) => of(input.shape).initialize(input, ...rest),
    training(this: Bijection, seed: number) {
      const next = new Map([...made].map(([n, b]) => [n, trainingOf(b, seed)]));
      const same = made.size > 0 && [...made].every(([n, b]) => next.get(n) === b);
      return same ? this : byChannels(name, (n) => next.get(n) ?? trainingOf(of([1, n]), seed));
    },
  });
}
