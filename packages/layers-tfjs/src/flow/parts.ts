import { type Bijection, refuse } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLayer } from '../invertible-layer';
import { InvertibleLikelihood } from '../likelihood';

/** What a flow is made of. */
interface FlowParts {
  layer: InvertibleLayer;
  head: InvertibleLikelihood;
  /** Of one sample, and of one condition. */
  shape: readonly number[];
  conditionShape: readonly number[] | undefined;
}

/** The one invertible layer and the likelihood head of a model, which has no other layers. */
export function partsOf(model: tfl.LayersModel): FlowParts {
  const [layer, head, ...more] = model.layers.filter((l) => l.getClassName() !== 'InputLayer');
  const [shape = [], conditionShape] = model.inputs.map((t) => t.shape.slice(1).map((n) => n ?? Number.NaN));
  if (layer instanceof InvertibleLayer && head instanceof InvertibleLikelihood && more.length === 0) {
    return { layer, head, shape, conditionShape };
  }
  return refuse(
    `flow of model "${model.name}"`,
    'one invertible layer and a likelihood head after it',
    model.layers.map((l) => l.getClassName()).join(', '),
    'Use flowForward and flowInverse for models of many layers, or make the model with flow().',
  );
}

/** A flow in a line: its bijection, shapes, base and size. */
export function printed(
  flow: Omit<FlowParts, 'layer'> & { bijection: Bijection; model: tfl.LayersModel },
): string {
  const { bijection, shape, conditionShape, head, model } = flow;
  const given = conditionShape ? ` given [${conditionShape.join(', ')}]` : '';
  return `Flow of ${bijection.name} on [${shape.join(', ')}]${given}, base ${head.base.name}, ${model.countParams()} weights`;
}
