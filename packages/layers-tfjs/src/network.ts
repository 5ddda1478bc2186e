import * as core from '@invertible/core';
import type { Flow } from './flow/flow';
import { type FlowOptions, flow, flowRules } from './flow/make-flow';
import type { InvertibleLayer } from './invertible-layer';
import { type Args, type LayerFactory, layer } from './layer';

/** Options of a network, and of the flow that is made of it. */
export type NetworkArgs<Options extends object> = Omit<FlowOptions, 'bijection'> &
  Omit<Args<Options>, keyof FlowOptions | 'inputShape' | 'batchInputShape' | 'inverse'>;

/** A network as a model: called, it makes a flow; `layer` makes the network alone, for a tf.sequential or a functional model. */
export interface NetworkFactory<Options extends object> {
  (args: NetworkArgs<Options>): Flow;
  readonly layer: (args?: Args<Options>) => InvertibleLayer;
  readonly Layer: LayerFactory<Options>['Layer'];
}

/** A kind of network as a kind of model, with the layer that saved models know it by. */
export function network<Options extends object>(factory: core.Factory<Options>): NetworkFactory<Options> {
  const one = layer(factory);
  const { shape: ofShape, condition: ofCondition, base: ofBase, seed: ofSeed } = flowRules;
  const where = core.kindName(factory.metadata.className);
  const make = (args: NetworkArgs<Options>) => {
    core.rules.checkValue(where, 'options', args, core.rules.optionsOf(where));
    const { shape, condition, base, seed = 0, ...options } = args;
    core.checkOptions(
      where,
      { shape, condition, base, seed },
      { shape: ofShape, condition: ofCondition, base: ofBase, seed: ofSeed },
    );
    return flow({
      // TypeScript cannot subtract keys of a type that it does not know yet.
      bijection: one({ ...options, seed } as unknown as Args<Options>),
      shape,
      seed,
      ...(condition && { condition }),
      ...(base && { base }),
    });
  };
  return Object.assign(make, { layer: one, Layer: one.Layer });
}
