import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { copyState, type OptimizerState } from './optimizer-state';
import { type Snapshot, snapshotOf, snapshotWith } from './snapshot';

/** The last good weights of a run, and the optimizer's memory with them. */
export interface GoodWeights {
  /** Keeps the weights before the first update, when the first batch has set up what it does. */
  first(): void;
  /** Keeps those of now instead, if they are finite. */
  renew(): Promise<void>;
  restore(): Promise<void>;
  dispose(): void;
}

/** To be called before the first step, since what an optimizer remembers can only be asked for between two steps. */
export async function goodWeights(model: tfl.LayersModel): Promise<GoodWeights> {
  let memory: OptimizerState | undefined = await copyState(model.optimizer);
  let good: Snapshot | undefined;
  return {
    first() {
      if (memory) good = snapshotWith(model, memory);
      memory = undefined;
    },
    async renew() {
      good = (await snapshotOf(model, good)) ?? good;
    },
    async restore() {
      await good?.restore();
    },
    dispose() {
      good?.dispose();
      tf.dispose(memory?.map(({ tensor }) => tensor) ?? []);
      [good, memory] = [undefined, undefined];
    },
  };
}
