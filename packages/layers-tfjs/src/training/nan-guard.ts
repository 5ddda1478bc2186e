import { checkOptions, refuse, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { invertibleLayers } from '../model-layers';
import type { Observer } from '../observers';
import { copyState, type OptimizerState, restoreState } from './optimizer-state';

export interface NanGuardOptions {
  /** Keep the weights of one step in so many, to go back to. Default 10. */
  every?: number;
}

/**
 * A callback for `fit` that stops at a loss that is not finite: weights and optimizer go back to the last good ones that it
 * kept, and the error names the first layer whose output was not finite, or says that it was the gradient.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * await flow.fit(tf.randomNormal([32, 2]), { verbose: 0, callbacks: inn.nanGuard(flow.model) });
 * ```
 */
export function nanGuard(model: tfl.LayersModel, options: NanGuardOptions = {}): tfl.CustomCallbackArgs {
  checkOptions('nanGuard', options, { every: rules.whole() });
  const { every = 10 } = options;
  let good: { weights: tf.Tensor[]; optimizer: OptimizerState } = { weights: [], optimizer: [] };
  let step = 0;
  const seen = new Map<{ name: string }, tf.Tensor>();
  const forget = () => {
    tf.dispose([...seen.values()]);
    seen.clear();
  };
  const release = () => {
    tf.dispose([good.weights, good.optimizer.map(({ tensor }) => tensor)]);
    good = { weights: [], optimizer: [] };
  };
  const end = () => {
    for (const layer of invertibleLayers(model)) layer.observers.delete(observer);
    forget();
    release();
  };
  const observer: Observer = {
    onOutput(layer, y) {
      seen.get(layer)?.dispose();
      seen.set(layer, tf.keep(tf.tidy(() => tf.sum(tf.mul(y, 0)))));
    },
    onError: () => end(),
  };
  const keep = async () => {
    release();
    good = {
      weights: model.getWeights().map((w) => tf.keep(tf.clone(w))),
      optimizer: await copyState(model.optimizer),
    };
  };
  return {
    onTrainBegin: async () => {
      for (const layer of invertibleLayers(model)) layer.observers.add(observer);
      await keep();
    },
    onBatchEnd: async (_, logs) => {
      const made = step++;
      if (Number.isFinite(logs?.loss)) {
        forget();
        if (made % every === every - 1) await keep();
        return;
      }
      const culprit = await firstNotFinite(seen);
      model.setWeights(good.weights);
      await restoreState(model.optimizer, good.optimizer);
      model.stopTraining = true;
      end();
      refuseLoss(culprit, `${logs?.loss} in step ${made}`);
    },
    onTrainEnd: async () => end(),
  };
}

/** The first whose sum of zeros is none: its output was not finite. */
async function firstNotFinite<Key>(seen: ReadonlyMap<Key, tf.Tensor>): Promise<Key | undefined> {
  for (const [key, zero] of seen) {
    const [value] = await zero.data();
    if (value !== 0) return key;
  }
  return undefined;
}

function refuseLoss(culprit: { name: string } | undefined, got: string): never {
  const remedy = culprit
    ? 'Its output was the first that is not finite. The weights are the last good ones: lower the learning rate or its clamp, or clip gradients.'
    : 'The outputs were finite: the gradients of the step before were not. The weights are the last good ones: lower the learning rate or clip gradients.';
  refuse(culprit ? `layer "${culprit.name}"` : 'training', 'a finite loss', got, remedy);
}
