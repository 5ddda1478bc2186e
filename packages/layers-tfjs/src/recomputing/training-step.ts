import { type DryRun, dryRun } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersIn } from '../conditioner-models';
import { sizesAt } from './costs';
import { replayOf } from './replay';

/** What a training step takes beyond the weights and the batch. */
export type StepCost = Omit<DryRun<unknown>, 'result'>;

/** A step of training on shapes alone: the model as `fit` runs it, its loss the mean of all outputs, and the gradients of all weights. */
export function dryStep(model: tfl.LayersModel, batch: number, inside: tfl.LayersModel = model): StepCost {
  const still = replayOf([...new Set([model, ...layersIn(model), ...layersIn(inside)])]);
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { result: given, ...cost } = dryRun(() => {
    const inputs = model.inputs.map(({ shape }) => tf.fill(sizesAt(shape, batch), 0));
    const loss = () => {
      const outputs = [model.apply(inputs, { training: true }) as tf.Tensor | tf.Tensor[]].flat();
      return tf.addN(outputs.map((y) => tf.mean(y))) as tf.Scalar;
    };
    if (weights.length === 0) still(loss);
    else still(() => tf.variableGrads(loss, weights));
    return inputs.reduce((sum, x) => sum + 4 * x.size, 0);
  });
  const beyond = cost.course.map(([work, bytes]) => [work, bytes - given] as const);
  return { ...cost, peakBytes: cost.peakBytes - given, course: beyond };
}
