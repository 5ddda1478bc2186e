import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { allFinite } from './not-finite';
import { copyState, type OptimizerState, restoreState } from './optimizer-state';

/** The weights of a model and the memory of its optimizer, to go back to. */
export interface Snapshot {
  restore(): Promise<void>;
  dispose(): void;
}

/** A snapshot in the place of the former one; undefined where something is not finite, and then the former one stays. */
export async function snapshotOf(model: tfl.LayersModel, former?: Snapshot): Promise<Snapshot | undefined> {
  const memory = await copyState(model.optimizer);
  if (!(await allFinite([...model.getWeights(), ...memory.map(({ tensor }) => tensor)]))) {
    tf.dispose(memory.map(({ tensor }) => tensor));
    return undefined;
  }
  former?.dispose();
  return snapshotWith(model, memory);
}

/** A snapshot of the weights as they are now, and of a copy of the optimizer's memory, which is the snapshot's from now on. */
export function snapshotWith(model: tfl.LayersModel, memory: OptimizerState): Snapshot {
  const { optimizer } = model;
  const weights = model.getWeights().map((w) => tf.keep(tf.clone(w)));
  return {
    async restore() {
      model.setWeights(weights);
      await restoreState(optimizer, memory);
    },
    dispose() {
      tf.dispose(memory.map(({ tensor }) => tensor));
      tf.dispose(weights);
    },
  };
}
