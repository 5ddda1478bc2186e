import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

export interface Solver {
  readonly variables: tf.Variable[];
  /** One step of Adam on the mean square error of images from their data. Returns the error before it. */
  learn(x: tf.Tensor, d: tf.Tensor): tf.Scalar;
  solve(d: tf.Tensor): tf.Tensor;
  /** ‖back through the network − what went in‖, relative. */
  inverseError(d: tf.Tensor): tf.Scalar;
}

interface SolverOptions {
  operator: core.LinearOperator;
  iterations: number;
  hidden: number;
  memory: number;
  seed: number;
  /** Data to begin with: they set the scales of the network. */
  first: tf.Tensor;
  /** Length of a gradient step on the data misfit: what makes an image of the adjoint. */
  step: number;
}

/** A step's gradients are never longer than this. */
const longest = 1;

/** An i-RIM over variables of its own, trained with tf.variableGrads: nothing between its iterations is stored. */
export function solver({ operator, iterations, hidden, memory, seed, first, step }: SolverOptions): Solver {
  const net = core.irim({ operator, iterations, hidden });
  const op = core.reversible(net);
  const start = (d: tf.Tensor) => core.withMemory(tf.mul(operator.adjoint(d), step), memory);
  const weights = tf.tidy(() => {
    const w = core.initialize(net, start(first), { seed, condition: first });
    return Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.variable(t)]));
  });
  const adam = tf.train.adam(0.001);
  const solve = (d: tf.Tensor) =>
    tf.slice(op(start(d), weights, { condition: d }).y, [0, 0, 0, 0], [-1, -1, -1, 1]);
  return {
    variables: Object.values(weights),
    learn: (x, d) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(x, solve(d)));
        const length = tf.norm(tf.stack(Object.values(grads).map((g) => tf.norm(g))));
        const scale = tf.minimum(1, tf.div(longest, length));
        adam.applyGradients(Object.fromEntries(Object.entries(grads).map(([n, g]) => [n, tf.mul(g, scale)])));
        return value;
      }),
    solve: (d) => tf.tidy(() => solve(d)),
    inverseError: (d) =>
      tf.tidy(() => {
        const x = start(d);
        const { y } = net.forward(x, weights, d);
        const { x: again } = net.inverse(y, weights, d);
        return tf.div<tf.Scalar>(tf.max(tf.abs(tf.sub(again, x))), tf.max(tf.abs(x)));
      }),
  };
}
