import { type Bijection, refuse } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLayer } from '../invertible-layer';
import { JoinConditions } from '../join-conditions';
import { InvertibleLikelihood } from '../likelihood';
import type { ConditionPart } from './condition';

/** What a flow is made of. */
interface FlowParts {
  layer: InvertibleLayer;
  head: InvertibleLikelihood;
  /** Of one sample, and of its conditions, joined. */
  shape: readonly number[];
  conditionShape: readonly number[] | undefined;
  conditions: readonly ConditionPart[];
}

/** The one invertible layer and the likelihood head of a model, which has no other layers but one that joins conditions. */
export function partsOf(model: tfl.LayersModel): FlowParts {
  const layers = model.layers.filter((l) => l.getClassName() !== 'InputLayer');
  const join = layers.find((l) => l instanceof JoinConditions);
  const [layer, head, ...more] = layers.filter((l) => l !== join);
  const [x, ...given] = model.inputs;
  if (layer instanceof InvertibleLayer && head instanceof InvertibleLikelihood && more.length === 0) {
    const [joined = given[0]] = [join?.output].flat();
    const conditions = given.map((t) => ({ name: join ? nameOf(t) : '', shape: sampleOf(t) }));
    return {
      layer,
      head,
      shape: x ? sampleOf(x) : [],
      conditionShape: joined && sampleOf(joined),
      conditions,
    };
  }
  return refuse(
    `flow of model "${model.name}"`,
    'one invertible layer and a likelihood head after it',
    model.layers.map((l) => l.getClassName()).join(', '),
    'Use flowForward and flowInverse for models of many layers, or make the model with flow().',
  );
}

/** What is left of the shape of a symbolic tensor without the batch. */
const sampleOf = ({ shape }: tfl.SymbolicTensor): number[] => shape.slice(1).map((n) => n ?? Number.NaN);

/** That of the input layer. */
const nameOf = ({ sourceLayer }: tfl.SymbolicTensor): string => sourceLayer.name;

/** A flow in a line: its bijection, shapes, base and size. */
export function printed(
  flow: Omit<FlowParts, 'layer' | 'conditionShape'> & { bijection: Bijection; model: tfl.LayersModel },
): string {
  const { bijection, shape, conditions, head, model } = flow;
  const printed = conditions.map(({ name, shape: of }) => `${name && `${name} `}[${of.join(', ')}]`);
  const given = conditions.length > 0 ? ` given ${printed.join(', ')}` : '';
  return `Flow of ${bijection.name} on [${shape.join(', ')}]${given}, base ${head.base.name}, ${model.countParams()} weights`;
}
