import { refuse, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersModel } from '../check';
import { InvertibleLayer } from '../invertible-layer';
import { InvertibleLikelihood } from '../likelihood';
import { checkBatch } from './check';

/** The condition of those layers that were applied to one. */
export interface GivenOne {
  condition?: tf.Tensor | undefined;
}

/** The invertible layers of a flow, its input layer and likelihood head left out. */
function bijections(model: tfl.LayersModel): InvertibleLayer[] {
  rules.checkValue('flow', 'model', model, layersModel);
  return model.layers
    .filter((l) => !(l instanceof InvertibleLikelihood) && l.getClassName() !== 'InputLayer')
    .map((layer) => {
      if (layer instanceof InvertibleLayer) return layer;
      return refuse(
        'flow',
        'a model of invertible layers only',
        `"${layer.name}" (${layer.getClassName()})`,
        'Split the model: the flow alone can be inverted.',
      );
    });
}

/** The condition, for a layer that was applied to one. */
const given = (layer: InvertibleLayer, condition: tf.Tensor | undefined): tf.Tensor | undefined =>
  Array.isArray(layer.input) ? condition : undefined;

/** z = f(x; c) and Σ log|det J| per sample of layers one after the other, without the likelihood head. The caller disposes both. */
export function flowForward(
  model: tfl.LayersModel,
  x: tf.Tensor,
  options: GivenOne = {},
): { z: tf.Tensor; logDet: tf.Tensor } {
  checkBatch('flowForward', x);
  rules.checkOptions('flowForward', options, { condition: rules.tensor });
  const { condition } = options;
  return tf.tidy(() => {
    let [z, logDet]: [tf.Tensor, tf.Tensor] = [x, tf.zeros([x.shape[0]])];
    for (const layer of bijections(model)) {
      const next = layer.bijection.forward(z, layer.named(), given(layer, condition));
      [z, logDet] = [next.y, tf.add(logDet, next.logDet)];
    }
    return { z: tf.clone(z), logDet };
  });
}

/** x = f⁻¹(z; c) and the log-determinant of the inverse, per sample: sampling. The caller disposes both. */
export function flowInverse(
  model: tfl.LayersModel,
  z: tf.Tensor,
  options: GivenOne = {},
): { x: tf.Tensor; logDet: tf.Tensor } {
  checkBatch('flowInverse', z);
  rules.checkOptions('flowInverse', options, { condition: rules.tensor });
  const { condition } = options;
  return tf.tidy(() => {
    let [x, logDet]: [tf.Tensor, tf.Tensor] = [z, tf.zeros([z.shape[0]])];
    for (const layer of bijections(model).reverse()) {
      const next = layer.bijection.inverse(x, layer.named(), given(layer, condition));
      [x, logDet] = [next.x, tf.add(logDet, next.logDet)];
    }
    return { x: tf.clone(x), logDet };
  });
}
