import { refuse } from '../errors';
import { checkOptions, either, listOf, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activationRule } from './blocks/activation';
import { sequence } from './blocks/sequence';
import type { Network } from './network';

export interface DenseNetOptions {
  /** Channels of every hidden layer, or a list of those of each. Default 32. */
  hidden?: number | readonly number[];
  /** Number of hidden layers, where no list tells it. Default 2. */
  layers?: number;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
}

const rules: Rules<DenseNetOptions> = {
  hidden: either(whole(), listOf(whole())),
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
  if (typeof hidden === 'object' && options.layers !== undefined)
    refuse(
      'denseNet',
      'no layers beside a list of hidden',
      `${layers}`,
      'The list tells how many there are.',
    );
  const widths = typeof hidden === 'object' ? hidden : Array<number>(layers).fill(hidden);
  return assembled('denseNet', (convolution) =>
    sequence([
      ...widths.map((width) => convolution({ to: () => width, activation: kind })),
      convolution({ zero: true }),
    ]),
  );
}
