import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { collectGarbage } from './garbage';

/** What a process holds between two rounds. */
export interface Held {
  steps: number;
  tensors: number;
  bytes: number;
  /** Of the JavaScript heap, after a collection. */
  heap: number;
}

const batchSize = 32;

/** A small flow under all that a long training does besides its steps; each round is so many steps. */
export function endurance(steps: number, file: string) {
  const x = core.twoMoons().sample(batchSize * steps, { seed: 1 });
  const few = tf.slice(x, [0, 0], [batchSize, 2]);
  const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
  flow.compile({ optimizer: inn.clipByGlobalNorm(tf.train.adam(1e-3), 10) });
  const average = inn.movingAverage(flow.model, { decay: 0.99 });
  const bar = { start() {}, update() {}, stop() {} };
  const callbacks = () => [
    average.callback,
    inn.nanGuard(flow.model, { every: 50 }),
    inn.driftMonitor(flow.model, { every: 50 }),
    inn.learningRate(flow.model, inn.warmupCosine({ peak: 1e-3, total: steps })),
    inn.progress(bar, { steps }),
  ];
  return {
    async round(): Promise<void> {
      await flow.fit(x, { batchSize, verbose: 0, validationData: few, callbacks: callbacks() });
      await flow.evaluate(few);
      tf.dispose([flow.model.predict(few), flow.logProb(few), flow.bitsPerDim(few), flow.sample(batchSize)]);
      await average.during(() => flow.sample(4).dispose());
      await inn.saveCheckpoint(flow, file, { progress: { rounds: 1 } });
      const loaded = new inn.Flow((await inn.loadCheckpoint(file)).model);
      loaded.sample(4).dispose();
      loaded.dispose();
    },
    held(made: number): Held {
      collectGarbage();
      const { numTensors: tensors, numBytes: bytes } = tf.memory();
      return { steps: made, tensors, bytes, heap: process.memoryUsage().heapUsed };
    },
  };
}
