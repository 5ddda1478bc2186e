import type * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { backwards, bothWays, tidied } from '../directions';
import { trainingOf } from './training-of';

type Cut = (t: tf.Tensor) => [part: tf.Tensor, rest: tf.Tensor];
type Join = (part: tf.Tensor, rest: tf.Tensor) => tf.Tensor;

/** How a tensor is divided into a part and a rest, and put together again; on the side of x and on that of y. */
export interface Division {
  shapes(shape: Shape): { part: number[]; output: number[] };
  inputShape(shape: Shape): number[];
  cutInput: Cut;
  joinInput: Join;
  cutOutput: Cut;
  joinOutput: Join;
}

/** A bijection of a part, while the rest passes by: (x₁, x₂) ↦ (b(x₁), x₂). Its log-det is that of b. */
export function throughDivision(name: string, b: Bijection, division: Division): Bijection {
  const { shapes, inputShape, cutInput, joinInput, cutOutput, joinOutput } = division;
  return complete({
    name,
    ...bothWays(
      ofPart(tidied(b), (shape) => shapes(shape).output, cutInput, joinOutput, cutOutput, joinInput),
      ofPart(tidied(backwards(b)), inputShape, cutOutput, joinInput, cutInput, joinOutput),
    ),
    weights: (shape, condition) => b.weights(shapes(shape).part, condition),
    members(shape, condition) {
      const { part } = shapes(shape);
      const members = b.members(part, condition);
      return members.length > 0 ? members : [{ key: b.name, part: b, shape: part, condition }];
    },
    training(this: Bijection, seed: number) {
      const next = trainingOf(b, seed);
      return next === b ? this : throughDivision(name, next, division);
    },
    initialize(input, w, direction, c) {
      const [part] = direction === 'forward' ? cutInput(input) : cutOutput(input);
      return b.initialize(part, w, direction, c);
    },
  });
}

/** One direction of it: inputs are cut, outputs joined; the other way round for a pullback. */
const ofPart = (
  way: OneWay,
  outputShape: OneWay['outputShape'],
  cut: Cut,
  join: Join,
  cutBack: Cut,
  joinBack: Join,
): OneWay => ({
  outputShape,
  forward(x, w, c) {
    const [x1, rest] = cut(x);
    const { y, logDet } = way.forward(x1, w, c);
    return { y: join(y, rest), logDet };
  },
  pullback(y, dy, dL, w, c) {
    const [y1, rest] = cutBack(y);
    const [dy1, dRest] = cutBack(dy);
    const { x, dx, ...more } = way.pullback(y1, dy1, dL, w, c);
    return { x: joinBack(x, rest), dx: joinBack(dx, dRest), ...more };
  },
  pushforward(x, dx, w, dw, c, dc) {
    const [x1, rest] = cut(x);
    const [dx1, dRest] = cut(dx);
    const { y, dy, ...more } = way.pushforward(x1, dx1, w, dw, c, dc);
    return { y: join(y, rest), dy: join(dy, dRest), ...more };
  },
});
