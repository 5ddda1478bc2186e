import type * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, type Direction, type Shape, type Weights } from '../bijection';
import { trainingOf } from './training-of';

/**
 * A bijection that keeps the shape and is built for the number of channels of what it gets. `trains` and
 * `initializes` say whether what is built has a map of its own for training, and weights that the first batch sets.
 */
export function byChannels(
  name: string,
  make: (n: number) => Bijection,
  { trains = false, initializes = false }: { trains?: boolean; initializes?: boolean } = {},
): Bijection {
  const made = new Map<number, Bijection>();
  const of = (shape: Shape): Bijection => {
    checkShape(name, shape);
    const n = channels(shape);
    const b = made.get(n) ?? make(n);
    made.set(n, b);
    return b;
  };
  return {
    name,
    weights: (shape, condition) => of(shape).weights(shape, condition),
    members: (shape, condition) => of(shape).members?.(shape, condition) ?? [],
    outputShape: (shape) => of(shape).outputShape(shape),
    inputShape: (shape) => of(shape).inputShape(shape),
    forward: (x, w, c) => of(x.shape).forward(x, w, c),
    inverse: (y, w, c) => of(y.shape).inverse(y, w, c),
    pullback: (y, dy, dL, w, c) => of(y.shape).pullback(y, dy, dL, w, c),
    inversePullback: (x, dx, dL, w, c) => of(x.shape).inversePullback(x, dx, dL, w, c),
    pushforward: (x, dx, w, dw, c, dc) => of(x.shape).pushforward(x, dx, w, dw, c, dc),
    inversePushforward: (y, dy, w, dw, c, dc) => of(y.shape).inversePushforward(y, dy, w, dw, c, dc),
    ...(trains && {
      training: (seed: number) => byChannels(name, (n) => trainingOf(make(n), seed), { initializes }),
    }),
    ...(initializes && {
      initialize: (input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor) =>
        of(input.shape).initialize!(input, w, direction, c),
    }),
  };
}
