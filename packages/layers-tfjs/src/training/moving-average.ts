import { rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkModelAnd } from '../check';

export interface MovingAverage {
  /** For `fit`: moves the average after every step. */
  readonly callback: tfl.CustomCallbackArgs;
  /** Runs f with the averaged weights in the model, then puts its own back, also when f throws. */
  during<T>(f: () => T | Promise<T>): Promise<T>;
  dispose(): void;
}

/**
 * Exponential moving average of a model's weights, for evaluation and sampling.
 *
 *     a ← d·a + (1 − d)·w after each step,  d = min(decay, (1 + n)/(10 + n)) in step n
 *
 * The rising d lets the average forget the start. Polyak & Juditsky 1992; the warm-up is that of TensorFlow's moving average.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * const average = inn.movingAverage(flow.model, { decay: 0.99 });
 * await flow.fit(tf.randomNormal([32, 2]), { verbose: 0, callbacks: average.callback });
 * const smooth = await average.during(() => flow.sample(10, { seed: 1 }));
 * average.dispose();
 * ```
 */
export function movingAverage(model: tfl.LayersModel, options: { decay?: number } = {}): MovingAverage {
  checkModelAnd('movingAverage', model, options, { decay: rules.within(0, 1) });
  const { decay = 0.999 } = options;
  let steps = 0;
  let average = model.getWeights().map((w) => tf.keep(tf.clone(w)));
  const dispose = () => tf.dispose(average);
  return {
    callback: {
      onBatchEnd: async () => {
        const d = Math.min(decay, (1 + steps) / (10 + steps));
        steps++;
        const moved = tf.tidy(() =>
          model.getWeights().map((w, i) => tf.keep(tf.add(tf.mul(average[i]!, d), tf.mul(w, 1 - d)))),
        );
        dispose();
        average = moved;
      },
    },
    async during(f) {
      const own = model.getWeights().map((w) => tf.clone(w));
      try {
        model.setWeights(average);
        return await f();
      } finally {
        model.setWeights(own);
        tf.dispose(own);
      }
    },
    dispose,
  };
}
