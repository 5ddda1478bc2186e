import { warmupCosine } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../interruption';
import type { Digits } from '../mnist/data';
import { type Trained, trainSteps } from '../steps';
import { batchOf } from './data';
import type { FlowOptions, IntegerFlow } from './flow';

export interface TrainOptions extends FlowOptions {
  steps: number;
  batch: number;
  resume: boolean | undefined;
}

/** Bits per pixel under the flow, the mean of a batch. */
export const bitsPerPixel = (flow: IntegerFlow, x: tf.Tensor): tf.Scalar =>
  tf.tidy(() => tf.div(tf.addN(flow.bits(x).map((bits) => tf.sum(bits))), x.size).asScalar());

/** Trains by maximum likelihood, which is the length of the file: the gradient passes the rounding straight through. */
export function train(
  flow: IntegerFlow,
  digits: Digits,
  { resume, ...options }: TrainOptions,
  at: { out: string; interruption: Interruption },
): Promise<Trained> {
  const { steps, batch, seed, coupling, layers, hidden } = options;
  const optimizer = tf.train.adam(0);
  const rate = warmupCosine({ peak: 3e-3, warmup: Math.min(20, steps), total: steps, floor: 1e-5 });
  const variables = Object.values(flow.variables);
  const step = (n: number) => {
    Object.assign(optimizer, { learningRate: rate(n) });
    return tf.tidy(() => {
      const x = batchOf(digits, batch, seed, n);
      const loss = optimizer.minimize(() => bitsPerPixel(flow, x), true, variables);
      return loss ?? tf.scalar(Number.NaN);
    });
  };
  const kept = { batch, seed, coupling, layers, hidden };
  const show = (loss: number) => `${loss.toFixed(3)} bits/pixel`;
  return trainSteps(
    { variables: flow.variables, optimizer, step },
    { steps, options: kept, resume, show, ...at },
  );
}
