import { noGrad } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../interruption';
import { type Trained, trainSteps } from '../steps';
import { type Problem, type Recorded, recorded } from './survey';

/** How something is trained. */
export interface Plan {
  /** Of the checkpoint. */
  name: string;
  steps: number;
  /** The highest learning rate. */
  peak: number;
  out: string;
  /** The options that the weights depend on. */
  options: Record<string, string | number>;
  resume: boolean | undefined;
  interruption: Interruption;
  /** Words for the mean of the last losses. */
  show?: (loss: number) => string;
}

/** A step's gradients are never longer than this. */
const longest = 10;

/** In one of so many surveys no trace is seen: what a flow says then is its prior. */
const blind = 8;

/** Adam whose learning rate is that of the step. */
class Scheduled extends tf.AdamOptimizer {
  constructor(private readonly rate: inn.Schedule) {
    super(rate(0), 0.9, 0.999);
  }

  at(step: number): void {
    this.learningRate = this.rate(step);
  }
}

/** Makes a loss small, which depends on the number of the step besides the variables. */
export function minimize(
  variables: Record<string, tf.Variable>,
  loss: (step: number) => tf.Scalar,
  { peak, ...plan }: Plan,
): Promise<Trained> {
  const { steps } = plan;
  const adam = new Scheduled(inn.warmupCosine({ peak, warmup: Math.min(30, steps / 10), total: steps }));
  const optimizer = inn.clipByGlobalNorm(adam, longest);
  const list = Object.values(variables);
  const step = (n: number) => {
    adam.at(n);
    return optimizer.minimize(() => loss(n), true, list) ?? tf.scalar(Number.NaN);
  };
  return trainSteps({ variables, optimizer, step }, { ...plan, later: plan.name !== 'flow' });
}

/** Trains on images that are drawn and recorded anew in each step. */
export const minimizeOn = (
  problem: Problem,
  { batch, seed }: { batch: number; seed: number },
  variables: Record<string, tf.Variable>,
  loss: (pairs: Recorded) => tf.Scalar,
  plan: Plan,
): Promise<Trained> =>
  minimize(
    variables,
    (step) => tf.tidy(() => loss(noGrad(() => recorded(problem, batch, { seeds: [seed, step], blind })))),
    plan,
  );
