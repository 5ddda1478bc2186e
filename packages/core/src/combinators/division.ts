import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Shape, Weights } from '../bijection';
import { trainingOf } from './training-of';

/** How a tensor is divided into a part and a rest, and put together again; on the side of x and on that of y. */
export interface Division {
  shapes(shape: Shape): { part: number[]; output: number[] };
  inputShape(shape: Shape): number[];
  cutInput(x: tf.Tensor): [tf.Tensor, tf.Tensor];
  joinInput(part: tf.Tensor, rest: tf.Tensor): tf.Tensor;
  cutOutput(y: tf.Tensor): [tf.Tensor, tf.Tensor];
  joinOutput(part: tf.Tensor, rest: tf.Tensor): tf.Tensor;
}

/** A bijection of a part, while the rest passes by: (x₁, x₂) ↦ (b(x₁), x₂). Its log-det is that of b. */
export function throughDivision(name: string, b: Bijection, division: Division): Bijection {
  const { shapes, inputShape, cutInput, joinInput, cutOutput, joinOutput } = division;
  return {
    name,
    outputShape: (shape) => shapes(shape).output,
    inputShape,
    weights: (shape, condition) => b.weights(shapes(shape).part, condition),
    members: (shape, condition) => {
      const { part } = shapes(shape);
      return b.members?.(part, condition) ?? [{ key: b.name, part: b, shape: part, condition }];
    },
    forward: (x, w, c) =>
      tf.tidy(() => {
        const [x1, rest] = cutInput(x);
        const { y, logDet } = b.forward(x1, w, c);
        return { y: joinOutput(y, rest), logDet };
      }),
    inverse: (y, w, c) =>
      tf.tidy(() => {
        const [y1, rest] = cutOutput(y);
        const { x, logDet } = b.inverse(y1, w, c);
        return { x: joinInput(x, rest), logDet };
      }),
    pullback: (y, dy, dL, w, c) =>
      tf.tidy(() => {
        const [y1, rest] = cutOutput(y);
        const [dy1, dRest] = cutOutput(dy);
        const { x, dx, ...more } = b.pullback(y1, dy1, dL, w, c);
        return { x: joinInput(x, rest), dx: joinInput(dx, dRest), ...more };
      }),
    inversePullback: (x, dx, dL, w, c) =>
      tf.tidy(() => {
        const [x1, rest] = cutInput(x);
        const [dx1, dRest] = cutInput(dx);
        const { y, dy, ...more } = b.inversePullback(x1, dx1, dL, w, c);
        return { y: joinOutput(y, rest), dy: joinOutput(dy, dRest), ...more };
      }),
    pushforward: (x, dx, w, dw, c, dc) =>
      tf.tidy(() => {
        const [x1, rest] = cutInput(x);
        const [dx1, dRest] = cutInput(dx);
        const { y, dy, ...more } = b.pushforward(x1, dx1, w, dw, c, dc);
        return { y: joinOutput(y, rest), dy: joinOutput(dy, dRest), ...more };
      }),
    inversePushforward: (y, dy, w, dw, c, dc) =>
      tf.tidy(() => {
        const [y1, rest] = cutOutput(y);
        const [dy1, dRest] = cutOutput(dy);
        const { x, dx, ...more } = b.inversePushforward(y1, dy1, w, dw, c, dc);
        return { x: joinInput(x, rest), dx: joinInput(dx, dRest), ...more };
      }),
    ...(b.training && { training: (seed: number) => throughDivision(name, trainingOf(b, seed), division) }),
    ...(b.initialize && {
      initialize: (input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor) =>
        tf.tidy(() => {
          const [part] = direction === 'forward' ? cutInput(input) : cutOutput(input);
          return b.initialize!(part, w, direction, c);
        }),
    }),
  };
}
