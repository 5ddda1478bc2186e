import type * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../interruption';
import { progressBar } from '../progress';
import type { Batches } from './batches';
import { saveCheckpoint } from './checkpoint';
import { bitsPerDim } from './model';
import type { Start } from './start';

interface Plan {
  epochs: number;
  /** Folder of the checkpoints. */
  out: string;
  training: Batches;
  heldOut: Batches;
  /** Steps of an epoch. */
  steps: number;
  interruption: Interruption;
}

/** Trains with a progress bar and a checkpoint after each epoch; true when it was interrupted. */
export async function train({ model, progress }: Start, plan: Plan): Promise<boolean> {
  const { epochs, training, heldOut } = plan;
  if (progress.epoch >= epochs) return false;
  const fit = (interrupted: () => boolean) =>
    model.fitDataset(training, {
      epochs,
      initialEpoch: progress.epoch,
      verbose: 0,
      validationData: heldOut,
      callbacks: [onBar(plan.steps), epochByEpoch({ model, progress }, plan, interrupted)],
    });
  const { interrupted } = await plan.interruption.during(fit, () => {
    model.stopTraining = true;
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
  { model, progress }: Start,
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
      await saveCheckpoint(out, model, progress);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.log(
        `epoch ${epoch + 1}/${epochs}: ${train.toFixed(3)} bits/dim in training, ${test.toFixed(3)} held out, ${seconds} s`,
      );
    },
  };
}
