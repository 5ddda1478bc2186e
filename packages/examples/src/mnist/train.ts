import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../interruption';
import { progressBar } from '../progress';
import type { Batches } from './batches';
import { saveCheckpoint } from './checkpoint';
import { bitsPerDim } from './model';
import type { Start } from './start';

interface Plan {
  epochs: number;
  /** Highest learning rate. */
  rate: number;
  /** Folder of the checkpoints. */
  out: string;
  training: Batches;
  heldOut: Batches;
  /** Steps of an epoch. */
  steps: number;
  interruption: Interruption;
}

/** Steps of the warm-up. */
const warmup = 50;

/**
 * Trains with a progress bar and a checkpoint after each epoch; true when it was interrupted. The learning rate falls to zero at the end
 * of all epochs: half a cosine, after a short warm-up.
 */
export async function train(start: Start, plan: Plan): Promise<boolean> {
  const { flow, progress } = start;
  const { epochs, training, heldOut, rate, steps } = plan;
  // The variance of the gradients over fewer steps than usual, since there are not many.
  flow.compile({ optimizer: tf.train.adam(rate, 0.9, 0.99) });
  await start.restore?.(flow.model.optimizer);
  if (progress.epoch >= epochs) return false;
  const schedule = inn.warmupCosine({ peak: rate, warmup, total: epochs * steps });
  const fit = (interrupted: () => boolean) =>
    flow.fitDataset(training, {
      epochs,
      initialEpoch: progress.epoch,
      verbose: 0,
      validationData: heldOut,
      callbacks: [
        inn.learningRate(flow.model, schedule, { from: progress.epoch * steps }),
        onBar(steps),
        epochByEpoch(start, plan, interrupted),
      ],
    });
  const { interrupted } = await plan.interruption.during(fit, () => {
    flow.model.stopTraining = true;
  });
  return interrupted;
}

/** Shows every epoch on a bar. */
function onBar(steps: number): tf.CustomCallbackArgs {
  const bar = progressBar(
    'epoch {epoch} {bar} {value}/{total} steps · {loss} bits/dim · {eta_formatted} left',
  );
  let mean = 0;
  return {
    onEpochBegin: async (epoch) => {
      mean = 0;
      bar.start(steps, 0, { epoch: epoch + 1, loss: '–' });
    },
    onBatchEnd: async (step, logs) => {
      mean += (Number(logs?.loss) - mean) / (step + 1);
      bar.update(step + 1, { loss: bitsPerDim(mean).toFixed(3) });
    },
    onEpochEnd: async () => bar.stop(),
  };
}

/** Saves and reports every epoch that was not interrupted. */
function epochByEpoch(
  { flow, progress }: Start,
  { out, epochs }: Plan,
  interrupted: () => boolean,
): tf.CustomCallbackArgs {
  let begun = 0;
  return {
    onEpochBegin: async () => {
      begun = performance.now();
    },
    onEpochEnd: async (epoch, logs) => {
      if (interrupted()) return;
      const [train, test] = [bitsPerDim(Number(logs?.loss)), bitsPerDim(Number(logs?.val_loss))];
      progress.history.push({ train, test });
      progress.epoch = epoch + 1;
      await saveCheckpoint(out, flow, progress);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.log(
        `epoch ${epoch + 1}/${epochs}: ${train.toFixed(3)} bits/dim in training, ${test.toFixed(3)} held out, ${seconds} s`,
      );
    },
  };
}
