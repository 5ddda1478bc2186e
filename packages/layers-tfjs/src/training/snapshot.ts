import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { allFinite } from './not-finite';
import { copyState, restoreState } from './optimizer-state';

/** The weights of a model and the memory of its optimizer, to go back to. */
export interface Snapshot {
  restore(): Promise<void>;
  dispose(): void;
}

/** A snapshot in the place of the former one; undefined where something is not finite, and then the former one stays. */
export async function snapshotOf(model: tfl.LayersModel, former?: Snapshot): Promise<Snapshot | undefined> {
  const { optimizer } = model;
  const memory = await copyState(optimizer);
  const freeMemory = () => tf.dispose(memory.map(({ tensor }) => tensor));
  if (!(await allFinite([...model.getWeights(), ...memory.map(({ tensor }) => tensor)]))) {
    freeMemory();
    return undefined;
  }
  former?.dispose();
  const weights = model.getWeights().map((w) => tf.keep(tf.clone(w)));
  return {
    async restore() {
      model.setWeights(weights);
      await restoreState(optimizer, memory);
    },
    dispose() {
      freeMemory();
      tf.dispose(weights);
    },
  };
}
