import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Loop } from '../steps';
import { measured, type Problem } from './problem';

export interface Shaping {
  iterations: number;
  hidden: number;
  /** Channels of memory beside the image. */
  memory: number;
  seed: number;
}

export interface Learning {
  steps: number;
  batch: number;
  seed: number;
  /** Highest learning rate of Adam. */
  rate: number;
}

/** A method that makes images of data. */
export interface Solver {
  variables: Record<string, tf.Variable>;
  solve(d: tf.Tensor): tf.Tensor;
}

export interface Machine extends Solver {
  /** Peak memory is measured of the same weights in two ways: rebuilt by the inverse, or stored by tfjs. */
  solveStored(d: tf.Tensor): tf.Tensor;
  /** ‖back through the network − what went in‖ over ‖what went in‖, in the largest number. */
  inverseError(d: tf.Tensor): tf.Scalar;
}

/** The start of an iteration: one gradient step from zero, of a length at which Landweber iteration is stable. */
export const firstStep = (problem: Problem, d: tf.Tensor, step: number): tf.Tensor =>
  core.landweber(problem.operator, d, { steps: 1, step });

/** An i-RIM over variables of its own: nothing between its iterations is stored. */
export function machine(
  problem: Problem,
  { iterations, hidden, memory, seed }: Shaping,
  step: number,
): Machine {
  const { operator } = problem;
  const net = core.irim({ operator, iterations, hidden, stride: 2 });
  const op = core.reversible(net);
  const start = (d: tf.Tensor) => core.withMemory(firstStep(problem, d, step), memory);
  const variables = tf.tidy(() => {
    // The first batch sets the scales of the gradients.
    const d = measured(problem, problem.draw(16, seed), seed);
    const w = core.initialize(net, start(d), { seed, condition: d });
    return Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.variable(t)]));
  });
  const image = (y: tf.Tensor) => tf.slice(y, [0, 0, 0, 0], [-1, -1, -1, 1]);
  return {
    variables,
    solve: (d) => tf.tidy(() => image(op(start(d), variables, { condition: d }).y)),
    solveStored: (d) => image(net.forward(start(d), variables, d).y),
    inverseError: (d) =>
      tf.tidy(() => {
        const x = start(d);
        const { y } = net.forward(x, variables, d);
        const { x: again } = net.inverse(y, variables, d);
        return tf.div<tf.Scalar>(tf.max(tf.abs(tf.sub(again, x))), tf.max(tf.abs(x)));
      }),
  };
}

/** Training on the mean square error of images from their data, with Adam whose rate rises and falls. */
export function learning(problem: Problem, { variables, solve }: Solver, options: Learning): Loop {
  const { steps, batch, seed, rate } = options;
  const adam = tf.train.adam(rate);
  const optimizer = inn.clipByGlobalNorm(adam, 1);
  const schedule = inn.warmupCosine({ peak: rate, warmup: 10, total: steps, floor: rate / 50 });
  const all = Object.values(variables);
  const step = (n: number) =>
    tf.tidy(() => {
      Object.assign(adam, { learningRate: schedule(n) });
      const at = core.childSeed(seed, n + 1);
      const x = problem.draw(batch, at);
      const d = measured(problem, x, at);
      const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(x, solve(d)), all);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value;
    });
  return { variables, optimizer, step };
}
