import { refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkModelAnd } from '../check';
import { invertibleLayers } from '../model-layers';
import type { Observer } from '../observers';
import { onTrainingEnd } from '../tfjs-internals';
import { firstNotFinite, notFinite } from './not-finite';
import { type Snapshot, snapshotOf } from './snapshot';

export interface NanGuardOptions {
  /** Keep the weights of one step in so many, to go back to. Default 10. */
  every?: number;
}

/**
 * A callback for `fit` that stops at a loss that is not finite: weights and optimizer go back to the last good ones that it
 * kept, which are finite, and the error names the first layer whose output was not, or says that it was the gradient.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * await flow.fit(tf.randomNormal([32, 2]), { verbose: 0, callbacks: inn.nanGuard(flow.model) });
 * ```
 */
export function nanGuard(model: tfl.LayersModel, options: NanGuardOptions = {}): tfl.CustomCallbackArgs {
  checkModelAnd('nanGuard', model, options, { every: rules.whole() });
  const { every = 10 } = options;
  let step = 0;
  let good: Snapshot | undefined;
  const keep = async () => {
    good = (await snapshotOf(model, good)) ?? good;
    return good;
  };
  const outputs = watchOutputs(model);
  const end = () => {
    outputs.end();
    good?.dispose();
    good = undefined;
  };
  return {
    onTrainBegin: async () => {
      onTrainingEnd(model, end);
      outputs.begin();
      if (!(await keep())) await refuseWeights(model);
    },
    onBatchEnd: async (_, logs) => {
      const made = step++;
      if (Number.isFinite(logs?.loss)) {
        outputs.forget();
        if (made % every === every - 1) await keep();
        return;
      }
      const culprit = await outputs.culprit();
      await good?.restore();
      model.stopTraining = true;
      end();
      refuseLoss(culprit, `${logs?.loss} in step ${made}`);
    },
    onTrainEnd: async () => end(),
  };
}

/** Watches whether the outputs of a model's invertible layers are finite, in the step that is being made. */
function watchOutputs(model: tfl.LayersModel) {
  const seen = new Map<{ name: string }, tf.Tensor>();
  const forget = () => {
    for (const t of seen.values()) t.dispose();
    seen.clear();
  };
  const observer: Observer = {
    onOutput(layer, y) {
      seen.get(layer)?.dispose();
      seen.set(layer, notFinite(y));
    },
  };
  return {
    begin() {
      for (const layer of invertibleLayers(model)) layer.observers.add(observer);
    },
    forget,
    /** The first layer whose output was not finite. */
    culprit: () => firstNotFinite(seen),
    end() {
      for (const layer of invertibleLayers(model)) layer.observers.delete(observer);
      forget();
    },
  };
}

async function refuseWeights(model: tfl.LayersModel): Promise<never> {
  const flags = new Map(model.weights.map((weight) => [weight.name, notFinite(weight.read())]));
  const name = (await firstNotFinite(flags)) ?? 'the memory of the optimizer';
  for (const t of flags.values()) t.dispose();
  const remedy = 'Load or make the model again: there is nothing good to go back to.';
  return refuse('nanGuard', 'finite weights to begin with', `NaN or an infinity in ${name}`, remedy);
}

function refuseLoss(culprit: { name: string } | undefined, got: string): never {
  const remedy = culprit
    ? 'Its output was the first that is not finite. The weights are the last good ones: lower the learning rate or its clamp, or clip gradients.'
    : 'The outputs were finite: the gradients of the step before were not. The weights are the last good ones: lower the learning rate or clip gradients.';
  refuse(culprit ? `layer "${culprit.name}"` : 'training', 'a finite loss', got, remedy);
}
