import { checkOptions, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** What a bar must offer: the `SingleBar` of the npm package cli-progress does. */
export interface Bar {
  start(total: number, done: number, payload?: object): void;
  update(done: number, payload?: object): void;
  stop(): void;
}

/**
 * A callback for `fit` that shows each epoch on a bar, with {epoch, loss} for its format; loss is the mean of the epoch so far.
 * In the browser, `tfvis.show.fitCallbacks` goes into the same place.
 *
 * ```ts
 * // import { SingleBar } from 'cli-progress';
 * const bar = { start() {}, update() {}, stop() {} }; // new SingleBar({ format: 'epoch {epoch} {bar} {loss}' })
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * const x = tf.randomNormal([64, 2]);
 * await flow.fit(x, { batchSize: 16, verbose: 0, callbacks: inn.progress(bar, { steps: 64 / 16 }) });
 * ```
 */
export function progress(bar: Bar, options: { steps: number }): tfl.CustomCallbackArgs {
  const ofBar = { ...rules.having('start', 'update', 'stop'), remedy: 'As a SingleBar of cli-progress.' };
  rules.checkValue('progress', 'bar', bar, ofBar);
  checkOptions('progress', options, { steps: rules.required(rules.whole()) });
  const { steps } = options;
  let mean = 0;
  let epoch = 0;
  return {
    onEpochBegin: async (index) => {
      [mean, epoch] = [0, index + 1];
      bar.start(steps, 0, { epoch, loss: '–' });
    },
    onBatchEnd: async (step, logs) => {
      mean += ((logs?.loss ?? Number.NaN) - mean) / (step + 1);
      bar.update(step + 1, { epoch, loss: mean.toFixed(4) });
    },
    onEpochEnd: async () => bar.stop(),
  };
}
