import { setImmediate } from 'node:timers/promises';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';

export interface TrainOptions {
  /** The budget: so many seconds, or so many steps where that is given. */
  seconds: number;
  steps?: number;
  /** What each coupling moves numbers by. */
  coupling: (typeof kinds)[number];
  /** Couplings. Default: 10 affine ones, 2 of splines. */
  layers?: number;
  /** Of each spline. */
  bins: number;
  /** Width of the two hidden layers in each. */
  hidden: number;
  batch: number;
  seed: number;
}

export interface Trained {
  flow: core.Distribution;
  w: core.Weights;
  steps: number;
  seconds: number;
}

/** Kinds of couplings. */
export const kinds = ['affine', 'spline'] as const;

export const layersOf = ({ coupling, layers = coupling === 'affine' ? 10 : 2 }: TrainOptions): number =>
  layers;

/** Splines end outside of the points, where the base has next to no mass. */
const bound = 4;

const rates = { affine: 0.005, spline: 0.02 } as const;

const networkOf = (options: TrainOptions): core.Bijection => {
  const { coupling, hidden, bins, seed } = options;
  const common = { layers: layersOf(options), hidden, seed };
  return coupling === 'affine' ? core.realNvp(common) : core.splineFlow({ ...common, bins, bound });
};

/** Fits couplings to points that are drawn afresh for each step: Adam, whose rate rises over a twentieth of the budget and falls as half a cosine. */
export async function train(
  data: core.Dataset,
  options: TrainOptions,
  report: (done: number) => void,
): Promise<Trained> {
  const { seconds, steps, batch, seed } = options;
  const rate = rates[options.coupling];
  const flow = core.flow({ bijection: networkOf(options) });
  const fresh = core.createWeights(flow, [2], { seed });
  const first = data.sample(4096, { seed });
  const set = flow.initialize!(first, fresh);
  const w = Object.fromEntries(
    Object.keys(fresh).map((name) => [name, tf.variable(set[name] ?? fresh[name]!)]),
  );
  tf.dispose([first, fresh, set]);
  const optimizer = tf.train.adam(rate);
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  const done = () => (steps ? step / steps : elapsed() / seconds);
  let step = 0;
  for (; done() < 1; step++) {
    const t = done();
    Object.assign(optimizer, {
      learningRate: rate * Math.min(1, 20 * t) * (1 + Math.cos(Math.PI * t)) * 0.5,
    });
    tf.tidy(() => {
      const x = data.sample(batch, { seed: seed + step + 1 });
      optimizer.minimize(() => tf.neg(tf.mean<tf.Scalar>(flow.logProb(x, w))), false, Object.values(w));
    });
    if (step % 10 === 0) report(Math.min(1, done()));
    await setImmediate();
  }
  optimizer.dispose();
  return { flow, w, steps: step, seconds: elapsed() };
}

/** The divergence E log p(x) − log q(x) over n fresh points, which is the mean −log q beyond the entropy, and its standard error. */
export async function gap(
  data: core.Dataset,
  { flow, w }: Trained,
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
