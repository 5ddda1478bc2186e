import { checkOptions, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { copyState, stockState } from '../training/optimizer-state';
import { type Place, saveHandler } from './handler';
import { trainingConfigFor } from './loss';
import { artifactsOf, withMemory } from './model-artifacts';

export interface SaveOptions {
  /** Saves the optimizer and the loss too, so that the model comes back compiled. Default false. */
  includeOptimizer?: boolean;
}

/**
 * `model.save` with a SHA-256 over all that is saved, which `loadModel` checks. The model is saved as it is at the call,
 * whatever steps of training are made before the promise settles. With `includeOptimizer` the loss `inn.nll` is kept as well, which
 * tf.layers would drop without a word: a model that `model.save` saved, `loadModel` gives it back by the likelihood head.
 *
 * `file://` and `indexeddb://` replace the former model as a whole or not at all.
 *
 * @example
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * await flow.fit(tf.randomNormal([16, 2]), { epochs: 1, verbose: 0 });
 * await inn.saveModel(flow.model, 'file://whole', { includeOptimizer: true });
 * ```
 */
export async function saveModel(
  model: tfl.LayersModel,
  to: Place,
  options: SaveOptions = {},
): Promise<tf.io.SaveResult> {
  checkOptions('saveModel', options, { includeOptimizer: rules.flag });
  const handler = saveHandler(to);
  const { optimizer } = model;
  if (!options.includeOptimizer || !optimizer) return handler.save(await artifactsOf(model));
  const trainingConfig = trainingConfigFor(model);
  const [artifacts, memory] = await Promise.all([artifactsOf(model), copyState(optimizer)]);
  return handler.save({ ...(await withMemory(artifacts, stockState(memory))), trainingConfig });
}
