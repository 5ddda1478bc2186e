import { rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerRule } from '../check';

type Gradients = Parameters<tf.Optimizer['applyGradients']>[0];
type Named = Extract<Gradients, readonly unknown[]>;

/** By name, in the order that an optimizer keeps its moments in. */
const listed = (gradients: Gradients): Named =>
  Array.isArray(gradients)
    ? gradients
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));

/**
 * Makes an optimizer update the weights once for so many batches, by the mean of their gradients; where batches are of one size,
 * that is the update of one large batch, to rounding. Layers that look at a whole batch, such as batch normalisation, see the small
 * ones. Works wherever an optimizer does: `fit`, `fitDataset`, `trainOnBatch`, `minimize`. Batches that are left over wait for the
 * next ones; `optimizer.dispose()` frees them.
 *
 * ```ts
 * const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [3] })] });
 * model.compile({ optimizer: inn.accumulate(tf.train.adam(1e-3), 4), loss: 'meanSquaredError' });
 * await model.fit(tf.ones([32, 3]), tf.zeros([32, 1]), { batchSize: 8, epochs: 1, verbose: 0 });
 * ```
 */
export function accumulate<Optimizer extends tf.Optimizer>(optimizer: Optimizer, batches: number): Optimizer {
  rules.checkValue('accumulate', 'optimizer', optimizer, { ...optimizerRule, required: true });
  rules.checkValue('accumulate', 'batches', batches, { ...rules.whole(1), required: true });
  const [apply, dispose] = [optimizer.applyGradients.bind(optimizer), optimizer.dispose.bind(optimizer)];
  const sums = new Map<string, tf.Tensor>();
  let seen = 0;
  const clear = () => {
    tf.dispose([...sums.values()]);
    sums.clear();
    seen = 0;
  };
  optimizer.applyGradients = (gradients) => {
    for (const { name, tensor } of listed(gradients)) {
      const sum = sums.get(name);
      // Whatever tidy this runs in, it stays until the update.
      sums.set(name, tf.keep(sum ? tf.add(sum, tensor) : tf.clone(tensor)));
      sum?.dispose();
    }
    seen++;
    if (seen < batches) return;
    tf.tidy(() => apply([...sums].map(([name, sum]) => ({ name, tensor: tf.div(sum, batches) }))));
    clear();
  };
  optimizer.dispose = () => {
    clear();
    dispose();
  };
  return optimizer;
}
