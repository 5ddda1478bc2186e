import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { checkOptions, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activationRule } from './blocks/activation';
import { mean } from './blocks/mean';
import { sequence } from './blocks/sequence';
import { type SummaryNetwork, summaryNetwork } from './summary-network';

export interface DeepSetOptions {
  /** Features of the hidden layers. Default 32. */
  hidden?: number;
  /** Hidden layers before the mean, each of one member alone. Default 2. */
  layers?: number;
  /** Features of the summary. Default 8. */
  out?: number;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
}

const rules: Rules<DeepSetOptions> = {
  hidden: whole(),
  layers: whole(1, 1000),
  out: whole(),
  activation: activationRule,
};

/**
 * A summary of a set of any size, whatever its order.
 *
 *     s(c) = relu(m W + b) W′ + b′,   m = (1/n) Σᵢ φ(cᵢ),   φ a dense network
 *
 * c: [batch, n members, features] → [batch, out]; pixels of an image are a set too. The weights do not depend on n.
 * Zaheer et al. 2017, arXiv:1703.06114, theorem 2.
 */
export function deepSet(options: DeepSetOptions = {}): SummaryNetwork {
  checkOptions('deepSet', options, rules);
  const { hidden = 32, layers = 2, out = 8, activation: kind = 'relu' } = options;
  const layer = (convolution: Parameters<Parameters<typeof assembled>[1]>[0]) =>
    convolution({ to: () => hidden, activation: kind });
  const net = assembled('deepSet', (convolution) =>
    sequence([
      ...Array.from({ length: layers }, () => layer(convolution)),
      mean,
      layer(convolution),
      convolution({}),
    ]),
  );
  const set = (shape: Shape) => {
    if (shape.length > 2) return shape;
    const remedy = 'Give each set an axis of its own; a vector needs no summary.';
    return refuse('deepSet', 'sets [batch, members, features]', `shape ${show(shape)}`, remedy);
  };
  const s = summaryNetwork(net, out);
  return {
    ...s,
    weights: (shape) => s.weights(set(shape)),
    outputShape: (shape) => [set(shape)[0] ?? 1, out],
  };
}
