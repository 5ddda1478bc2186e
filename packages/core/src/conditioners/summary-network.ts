import type { Shape, WeightSpec } from '../bijection';
import { checkValue, required, whole } from '../options';
import { withChannels } from '../tensors/channels';
import type { Conditioner } from './conditioner';
import { type ConditionerSpec, conditionerOf } from './conditioner-of';
import type { Network } from './network';

/**
 * A network of the condition alone, s(c), for `embedCondition`. Its output may have any shape, which `outputShape` says; it
 * decides by itself how many numbers it puts out.
 */
export interface SummaryNetwork extends Network {
  outputShape(shape: Shape): number[];
  weights(shape: Shape): WeightSpec[];
}

/** A conditioner as a network of the condition: […spatial, in] → […spatial, out]. */
export function summaryNetwork(spec: ConditionerSpec | Conditioner, out: number): SummaryNetwork {
  checkValue('summaryNetwork', 'out', out, required(whole()));
  const net = conditionerOf(spec);
  return {
    ...net,
    outputShape: (shape) => withChannels(shape, out),
    weights: (shape) => net.weights(shape, out),
    training(this: SummaryNetwork, seed: number) {
      const next = net.training(seed);
      return next === net ? this : summaryNetwork(next, out);
    },
  };
}
