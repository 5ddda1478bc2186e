import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { type ActivationName, activation } from './blocks/activation';
import { mean } from './blocks/mean';
import { sequence } from './blocks/sequence';
import { checkCounts } from './check';
import { network } from './network';
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

/**
 * A summary of a set of any size, whatever its order.
 *
 *     s(c) = relu(m W + b) W′ + b′,   m = (1/n) Σᵢ φ(cᵢ),   φ a dense network
 *
 * c: [batch, n members, features] → [batch, out]; pixels of an image are a set too. The weights do not depend on n.
 * Zaheer et al. 2017, arXiv:1703.06114, theorem 2.
 */
export function deepSet({
  hidden = 32,
  layers = 2,
  out = 8,
  activation: kind = 'relu',
}: DeepSetOptions = {}): SummaryNetwork {
  checkCounts('deepSet', { hidden, layers, out });
  const layer = (convolution: Parameters<Parameters<typeof network>[1]>[0]) => [
    convolution({ to: () => hidden }),
    activation(kind),
  ];
  const net = network('deepSet', (convolution) =>
    sequence([
      ...Array.from({ length: layers }, () => layer(convolution)).flat(),
      mean,
      ...layer(convolution),
      convolution({}),
    ]),
  );
  const set = (shape: Shape) => {
    if (shape.length > 2) return shape;
    refuse(
      'deepSet',
      'sets [batch, members, features]',
      `shape ${show(shape)}`,
      'Give each set an axis of its own; a vector needs no summary.',
    );
  };
  const s = summaryNetwork(net, out);
  return { ...s, weights: (shape) => s.weights(set(shape)), outputShape: (shape) => [set(shape)[0]!, out] };
}
