import type * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Kit } from './kit';

/** Tensors by name; the caller disposes them. */
export type Numbers = Record<string, tf.Tensor>;

export interface Inputs {
  x: tf.Tensor;
  c?: tf.Tensor | undefined;
}

/** The likelihoods of x under a model, their mean by `evaluate`, and its latents and the way back. */
export function numbersOf(kit: Kit, model: tfl.LayersModel, { x, c }: Inputs): Numbers {
  const { inn, tf, tfl } = kit;
  model.compile({ optimizer: 'sgd', loss: inn.nll });
  const inputs = c ? [x, c] : x;
  const none = tf.zeros([x.shape[0], 1]);
  const heads = {
    predicted: model.predict(inputs) as tf.Tensor,
    loss: model.evaluate(inputs, none) as tf.Scalar,
  };
  none.dispose();
  if (!(model instanceof tfl.Sequential)) return { ...heads, ...mapsOf(new inn.Flow(model), { x, c }) };
  const { z, logDet } = inn.flowForward(model, x);
  const { x: back, logDet: backLogDet } = inn.flowInverse(model, z);
  return { ...heads, z, logDet, back, backLogDet };
}

/** Latents, the way back and log-likelihoods of a flow. */
export function mapsOf(flow: inn.Flow, { x, c }: Inputs): Numbers {
  const given = c ? { condition: c } : {};
  const { z, logDet } = flow.forward(x, given);
  const { x: back, logDet: backLogDet } = flow.inverse(z, given);
  return { z, logDet, back, backLogDet, logProb: flow.logProb(x, given) };
}

/** Samples of a flow, as many as there are conditions. */
export function samplesOf(flow: inn.Flow, { x, c }: Inputs): Numbers {
  const options = { seed: 3, temperature: 0.9, ...(c && { condition: c }) };
  return { drawn: flow.sample(x.shape[0], options) };
}

/** The weights after one more step of training, and its loss. */
export async function nextStep(kit: Kit, model: tfl.LayersModel, { x, c }: Inputs): Promise<Numbers> {
  const none = kit.tf.zeros([x.shape[0], 1]);
  const loss = (await model.trainOnBatch(c ? [x, c] : x, none)) as number;
  none.dispose();
  const after = model.getWeights().map((w, i) => [`weight ${i} after`, kit.tf.clone(w)] as const);
  return { 'loss of the step': kit.tf.scalar(loss), ...Object.fromEntries(after) };
}
