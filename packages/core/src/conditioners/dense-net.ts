import { checkOptions, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activation, activationRule } from './blocks/activation';
import { sequence } from './blocks/sequence';
import type { Network } from './network';

export interface DenseNetOptions {
  /** Channels of each hidden layer. Default 32. */
  hidden?: number;
  /** Number of hidden layers. Default 2. */
  layers?: number;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
}

const rules: Rules<DenseNetOptions> = {
  hidden: whole(),
  layers: whole(0, 1000),
  activation: activationRule,
};

/**
 * A dense network; on spatial inputs the same network at every pixel.
 *
 *     a₀ = x    aₖ = relu(aₖ₋₁ Wₖ + bₖ), k = 1 … n    h = aₙ Wₙ₊₁ + bₙ₊₁
 *
 * A convolution of kernel 1 is this, whatever the rank. Wₙ₊₁ and bₙ₊₁ start at zero. The condition is appended to the channels of x.
 */
export function denseNet(options: DenseNetOptions = {}): Network {
  checkOptions('denseNet', options, rules);
  const { hidden = 32, layers = 2, activation: kind = 'relu' } = options;
  return assembled('denseNet', (convolution) =>
    sequence([
      ...Array.from({ length: layers }, () => [convolution({ to: () => hidden }), activation(kind)]).flat(),
      convolution({ zero: true }),
    ]),
  );
}
