import { setImmediate } from 'node:timers/promises';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../../measure';
import { riseAndFall } from '../../rise-and-fall';
import type { Task } from './tasks';

export interface TrainOptions {
  /** Pairs that the simulator gives, one in ten of which is held out. */
  simulations: number;
  /** Passes over the pairs. Default: the task's. */
  epochs?: number;
  seed: number;
}

/** An estimate of the posterior for any data. */
export interface Posterior {
  /** Mean −log q(θ | x) over the pairs that were held out, in nats. */
  heldOut: number;
  /** After which its weights are kept. */
  epoch: number;
  /** n draws for one observation, parameter by parameter. */
  draws(n: number, observation: readonly number[], seed: number): Promise<Float32Array>;
}

type Pairs = Record<'theta' | 'x', tf.Tensor2D>;

/** The best weights so far. */
interface Kept {
  heldOut: number;
  epoch: number;
  w: core.Weights;
}

/** Simulates, and fits the task's conditional flow to the pairs with Adam; the weights of the epoch that is best on those held out stay. */
export async function train(
  task: Task,
  { simulations, seed, epochs = task.epochs }: TrainOptions,
  report: (done: number) => void,
): Promise<Posterior> {
  const { flow, batch, rate } = task;
  const theta = task.prior(simulations, seed);
  const raw = task.simulate(theta, core.childSeed(seed, 2));
  const { mean, variance } = tf.moments(raw, 0);
  const standard = (t: tf.Tensor2D) => tf.tidy(() => tf.div<tf.Tensor2D>(tf.sub(t, mean), tf.sqrt(variance)));
  const held = Math.ceil(simulations / 10);
  const n = simulations - held;
  const all = { theta, x: standard(raw) };
  const [own, other] = [cut(all, 0, n), cut(all, n, held)];
  const distribution = flow(seed);
  const w = weightsFrom(distribution, own, seed);
  const loss = ({ theta, x }: Pairs) => tf.neg(tf.mean<tf.Scalar>(distribution.logProb(theta, w, x)));
  const optimizer = tf.train.adam(rate);
  const steps = Math.max(1, Math.floor(n / batch));
  let best: Kept = { heldOut: Number.POSITIVE_INFINITY, epoch: 0, w: {} };
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let k = 0; k < steps; k++) {
      Object.assign(optimizer, { learningRate: rate * riseAndFall((epoch + k / steps) / epochs, 0.01) });
      tf.tidy(() => {
        const drawn = core.childSeed(seed, epoch * steps + k, 'step');
        const pairs = rowsOf(own, tf.randomUniform([batch], 0, n, 'int32', drawn + 0.5));
        optimizer.minimize(() => loss(pairs), false, Object.values(w));
      });
      await setImmediate();
    }
    const [heldOut = Number.NaN] = await floatsOf(tf.tidy(() => loss(other)));
    if (heldOut < best.heldOut) {
      tf.dispose(best.w);
      best = { heldOut, epoch: epoch + 1, w: copied(w) };
    }
    report((epoch + 1) / epochs);
  }
  tf.dispose([theta, raw, all, own, other, w]);
  optimizer.dispose();
  return {
    heldOut: best.heldOut,
    epoch: best.epoch,
    draws: (count, observation, drawn) =>
      floatsOf(
        tf.tidy(() => {
          const condition = tf.tile(standard(tf.tensor2d([[...observation]])), [count, 1]);
          return distribution.sample(count, [task.parameters], { seed: drawn, w: best.w, condition });
        }),
      ),
  };
}

/** Variables of a fresh flow, whose norms are set from the pairs. */
function weightsFrom(
  flow: core.Distribution,
  { theta, x }: Pairs,
  seed: number,
): Record<string, tf.Variable> {
  const fresh = core.createWeights(flow, theta.shape.slice(1), { seed, condition: x.shape.slice(1) });
  const set: core.Weights = { ...fresh, ...flow.initialize?.(theta, fresh, x) };
  const w = Object.fromEntries(Object.entries(set).map(([name, t]) => [name, tf.variable(t)]));
  tf.dispose([fresh, set]);
  return w;
}

const copied = (w: core.Weights): core.Weights =>
  Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.clone(t)]));

const cut = ({ theta, x }: Pairs, from: number, count: number): Pairs => ({
  theta: tf.slice2d(theta, [from, 0], [count, -1]),
  x: tf.slice2d(x, [from, 0], [count, -1]),
});

const rowsOf = ({ theta, x }: Pairs, at: tf.Tensor): Pairs => ({
  theta: tf.gather(theta, at),
  x: tf.gather(x, at),
});
