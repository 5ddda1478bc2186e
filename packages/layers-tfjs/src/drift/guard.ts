import { rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkModelAnd, functionRule, optimizerRule } from '../check';
import { interceptGradients, onTrainingEnd } from '../tfjs-internals';
import { type DriftGuardOptions, DriftKeeper, guardRules } from './keeper';

/** A callback for `fit`, and what a loop of one's own calls in its place. */
export interface DriftGuard extends tfl.CustomCallbackArgs {
  /** `optimizer.minimize` under the guard; `f` applies the model. Returns the cost, which the caller disposes. */
  minimize(optimizer: tf.Optimizer, f: () => tf.Scalar, variables?: tf.Variable[]): tf.Scalar;
}

/**
 * Keeps gradients that are taken from rebuilt inputs near those from stored ones. What the first of a run of reversible layers
 * rebuilds is compared with its input, which is still there, in every step, before the update: one norm. Above the limit the
 * gradient is taken again with inputs that are kept, the layers are looked at one by one, and those whose inverse is too inexact
 * keep their input from then on; a line names them, {@link describeMemory} lists them, and later they are tried again.
 * `flow.fit` does so by itself.
 *
 * ```ts
 * const model = tfl.sequential({ layers: [inn.affineCoupling({ hidden: 8, inputShape: [4] }), inn.gaussianLikelihood()] });
 * model.compile({ optimizer: 'adam', loss: inn.nll });
 * const x = tf.randomNormal([32, 4]);
 * await model.fit(x, tf.zeros([32, 1]), { verbose: 0, callbacks: inn.driftGuard(model) });
 * // In a loop of one's own:
 * const guard = inn.driftGuard(model);
 * const optimizer = tf.train.adam(1e-3);
 * const cost = guard.minimize(optimizer, () => tf.mean(model.apply(x, { training: true }) as tf.Tensor));
 * ```
 */
export function driftGuard(model: tfl.LayersModel, options: DriftGuardOptions = {}): DriftGuard {
  checkModelAnd('driftGuard', model, options, guardRules);
  const keeper = new DriftKeeper(model, options);
  const watching = (optimizer: tf.Optimizer) => {
    keeper.begin();
    const release = interceptGradients(optimizer, keeper);
    return () => {
      release();
      keeper.end();
    };
  };
  return {
    onTrainBegin: async () => onTrainingEnd(model, watching(model.optimizer)),
    onTrainEnd: () => keeper.settled(),
    minimize(optimizer, f, variables) {
      rules.checkValue('driftGuard.minimize', 'optimizer', optimizer, { ...optimizerRule, required: true });
      rules.checkValue('driftGuard.minimize', 'f', f, functionRule);
      const end = watching(optimizer);
      try {
        // It is null where no cost is asked for.
        return optimizer.minimize(f, true, variables)!;
      } finally {
        end();
      }
    },
  };
}
