import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

/** A task of the benchmark: a prior and a simulator, and the flow that is to learn the posterior, with its training. */
export interface Task {
  parameters: number;
  /** The C2ST of neural posterior estimation with a neural spline flow, the mean of 10 observations after 10⁴ simulations. */
  published: number;
  flow(seed: number): core.Distribution;
  batch: number;
  /** The peak of Adam's rate. */
  rate: number;
  epochs: number;
  prior(n: number, seed: number): tf.Tensor2D;
  simulate(theta: tf.Tensor2D, seed: number): tf.Tensor2D;
}

const normal = (n: number, size: number, seed: number) =>
  tf.randomNormal<tf.Rank.R2>([n, size], 0, 1, 'float32', seed + 0.5);
/** A flow within the box of the prior, from a uniform base: no draw is outside. */
const inBox = (bounds: core.Bounds, options: core.SplineFlowOptions) =>
  core.flow({
    bijection: core.splineFlow({ ...options, tails: 'bounded', bounds }),
    base: core.uniform({ low: bounds[0], high: bounds[1] }),
  });

const uniform = (n: number, size: number, [low, high]: core.Bounds, seed: number) =>
  tf.randomUniform<tf.Rank.R2>([n, size], low, high, 'float32', seed + 0.5);
const column = (t: tf.Tensor2D, i: number) => tf.slice2d(t, [0, i], [-1, 1]);

/** θ uniform on a square, x = (r cos α + ¼ − |θ₁ + θ₂|/√2, r sin α + (θ₂ − θ₁)/√2), r ~ N(0.1, 0.01²), α uniform on half a turn. */
const twoMoons: Task = {
  parameters: 2,
  published: 0.606,
  flow: (seed) => inBox([-1, 1], { layers: 4, bins: 16, hidden: 64, seed }),
  batch: 256,
  rate: 5e-3,
  epochs: 100,
  prior: (n, seed) => uniform(n, 2, [-1, 1], seed),
  simulate: (theta, seed) =>
    tf.tidy(() => {
      const [n, a, b] = [theta.shape[0], column(theta, 0), column(theta, 1)];
      const alpha = uniform(n, 1, [-Math.PI / 2, Math.PI / 2], seed);
      const r = tf.add(0.1, tf.mul(0.01, normal(n, 1, core.childSeed(seed, 1))));
      const across = tf.sub(0.25, tf.mul(Math.SQRT1_2, tf.abs(tf.add(a, b))));
      const along = tf.mul(Math.SQRT1_2, tf.sub(b, a));
      return tf.concat2d(
        [
          tf.add<tf.Tensor2D>(tf.mul(r, tf.cos(alpha)), across),
          tf.add<tf.Tensor2D>(tf.mul(r, tf.sin(alpha)), along),
        ],
        1,
      );
    }),
};

/** θ ~ N(0, 0.1 I), x ~ N(θ, 0.1 I), of 10 numbers. */
const gaussianLinear: Task = {
  parameters: 10,
  published: 0.552,
  flow: (seed) => core.flow({ bijection: core.maf({ layers: 1, hidden: 16, activation: 'tanh', seed }) }),
  batch: 256,
  rate: 5e-3,
  epochs: 40,
  prior: (n, seed) => tf.tidy(() => tf.mul<tf.Tensor2D>(Math.sqrt(0.1), normal(n, 10, seed))),
  simulate: (theta, seed) =>
    tf.tidy(() => tf.add<tf.Tensor2D>(theta, tf.mul(Math.sqrt(0.1), normal(theta.shape[0], 10, seed)))),
};

/** θ uniform on a cube; four points x ~ N((θ₁, θ₂), S) of the plane, of deviations θ₃² and θ₄² and the correlation tanh θ₅. */
const slcp: Task = {
  parameters: 5,
  published: 0.901,
  flow: (seed) => inBox([-3, 3], { layers: 5, bins: 8, hidden: 64, seed }),
  batch: 256,
  rate: 3e-3,
  epochs: 30,
  prior: (n, seed) => uniform(n, 5, [-3, 3], seed),
  simulate: (theta, seed) =>
    tf.tidy(() => {
      const [m1, m2] = [column(theta, 0), column(theta, 1)];
      const [s1, s2, rho] = [
        tf.square(column(theta, 2)),
        tf.square(column(theta, 3)),
        tf.tanh(column(theta, 4)),
      ];
      // By Cholesky's factor of S with 10⁻⁶ on its diagonal, as in the benchmark.
      const l11 = tf.sqrt(tf.add(tf.square(s1), 1e-6));
      const l21 = tf.div(tf.mul(rho, tf.mul(s1, s2)), l11);
      const l22 = tf.sqrt(tf.sub(tf.add(tf.square(s2), 1e-6), tf.square(l21)));
      const e = normal(theta.shape[0], 8, seed);
      const point = (k: number): tf.Tensor2D[] => {
        const [e1, e2] = [column(e, 2 * k), column(e, 2 * k + 1)];
        return [tf.add(m1, tf.mul(l11, e1)), tf.add(m2, tf.add(tf.mul(l21, e1), tf.mul(l22, e2)))];
      };
      return tf.concat2d([0, 1, 2, 3].flatMap(point), 1);
    }),
};

export const tasks = { two_moons: twoMoons, gaussian_linear: gaussianLinear, slcp } satisfies Record<
  string,
  Task
>;
export type TaskName = keyof typeof tasks;
export const taskNames: readonly TaskName[] = ['two_moons', 'gaussian_linear', 'slcp'];
