import { setImmediate } from 'node:timers/promises';
import type * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import { riseAndFall } from '../rise-and-fall';
import { type Learner, type LearnerOptions, learnerOf, rates } from './learner';

export interface TrainOptions extends LearnerOptions {
  /** The budget: so many seconds, or so many steps where that is given. */
  seconds: number;
  steps?: number;
  batch: number;
}

export interface Trained extends Pick<Learner, 'flow' | 'w'> {
  steps: number;
  seconds: number;
}

/** Fits couplings to points that are drawn afresh for each step: Adam, whose rate rises over a twentieth of the budget and falls as half a cosine. */
export async function train(
  data: core.Dataset,
  options: TrainOptions,
  report: (done: number) => void,
): Promise<Trained> {
  const { seconds, steps, batch, seed } = options;
  const { flow, w, ...learner } = learnerOf(data, options);
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  const done = () => (steps ? step / steps : elapsed() / seconds);
  let step = 0;
  for (; done() < 1; step++) {
    const t = done();
    const rate = rates[options.coupling] * riseAndFall(t);
    tf.tidy(() => learner.step(data.sample(batch, { seed: seed + step + 1 }), rate));
    if (step % 10 === 0) report(Math.min(1, done()));
    await setImmediate();
  }
  learner.end();
  return { flow, w, steps: step, seconds: elapsed() };
}

/** The divergence E log p(x) − log q(x) over n fresh points, which is the mean −log q beyond the entropy, and its standard error. */
export async function gap(
  data: core.Dataset,
  { flow, w }: Pick<Trained, 'flow' | 'w'>,
  { n = 50_000, seed = 1_000_003 } = {},
): Promise<{ mean: number; error: number }> {
  const at = 5000;
  let [sum, squares] = [0, 0];
  for (let k = 0; k < n / at; k++) {
    const difference = tf.tidy(() => {
      const x = data.sample(at, { seed: seed + k });
      return tf.sub(data.logProb!(x), flow.logProb(x, w));
    });
    for (const d of await floatsOf(difference)) {
      sum += d;
      squares += d ** 2;
    }
  }
  const mean = sum / n;
  return { mean, error: Math.sqrt((squares / n - mean ** 2) / n) };
}
