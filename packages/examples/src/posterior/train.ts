import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { progressBar } from '../progress';
import { simulate } from './problem';

export interface TrainOptions {
  steps: number;
  batch: number;
  layers: number;
  hidden: number;
  seed: number;
}

const rate = 0.005;

/** Fits the flow to fresh pairs. */
export async function train({ steps, batch, layers, hidden, seed }: TrainOptions): Promise<inn.Flow> {
  const flow = inn.realNvp({ shape: [2], condition: [3], layers, hidden, seed });
  flow.compile({ optimizer: inn.clipByGlobalNorm(tf.train.adam(rate), 10) });
  const perEpoch = Math.min(100, steps);
  const schedule = inn.warmupCosine({ peak: rate, warmup: 50, total: steps });
  const bar = progressBar('training {bar} {value}/{total} steps · {nats} nats');
  bar.start(steps, 0, { nats: '–' });
  for (let step = 0; step < steps; step += perEpoch) {
    const { x, y } = simulate(batch * perEpoch, 1000 + step + 1_000_000 * seed);
    const { history } = await flow.fit(x, {
      condition: y,
      batchSize: batch,
      epochs: 1,
      verbose: 0,
      callbacks: [inn.learningRate(flow.model, schedule, { from: step }), inn.nanGuard(flow.model)],
    });
    tf.dispose([x, y]);
    bar.update(Math.min(step + perEpoch, steps), { nats: Number(history.loss?.[0]).toFixed(3) });
  }
  bar.stop();
  return flow;
}
