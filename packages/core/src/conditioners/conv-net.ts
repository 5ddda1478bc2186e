import { refuse } from '../errors';
import { checkOptions, either, listOf, odd, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activationRule } from './blocks/activation';
import { sequence } from './blocks/sequence';
import type { Network } from './network';

export interface NetOptions {
  /** Channels of the two hidden layers. Default 32. */
  hidden?: number;
  /** Size of the first and last kernel, odd; the middle one is 1. Ignored for vectors. Default 3. */
  kernel?: number;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
}

export const netRules: Rules<NetOptions> = { hidden: whole(), kernel: odd, activation: activationRule };

export interface ConvNetOptions extends Omit<NetOptions, 'hidden' | 'kernel'> {
  /** Channels of both hidden layers, or a list of those of each. Default 32. */
  hidden?: number | readonly number[];
  /** Size of the first and last kernel, those between being 1, or a list of each. Ignored for vectors. Default 3. */
  kernel?: number | readonly number[];
}

const rules: Rules<ConvNetOptions> = {
  ...netRules,
  hidden: either(whole(), listOf(whole(), 1)),
  kernel: either(odd, listOf(odd, 2)),
};

/**
 * The conditioner of Glow, for any rank; on vectors its convolutions are dense layers.
 *
 *     a₁ = relu(x ⋆ W₁ + b₁)    a₂ = relu(a₁ ⋆ W₂ + b₂)    h = a₂ ⋆ W₃ + b₃
 *
 * W₃ and b₃ start at zero, so a fresh coupling is the identity. The condition is appended to the channels of x.
 * Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.3.
 */
export function convNet(options: ConvNetOptions = {}): Network {
  checkOptions('convNet', options, rules);
  const { hidden = 32, kernel = 3, activation: kind = 'relu' } = options;
  const widths = typeof hidden === 'object' ? hidden : [hidden, hidden];
  const kernels = typeof kernel === 'object' ? kernel : [kernel, ...widths.slice(1).map(() => 1), kernel];
  if (kernels.length !== widths.length + 1) {
    const remedy = 'One for each hidden layer, and one for the last.';
    refuse('convNet', `${widths.length + 1} sizes of kernels`, `${kernels.length}`, remedy);
  }
  return assembled('convNet', (convolution) =>
    sequence([
      ...widths.map((width, i) =>
        convolution({ to: () => width, kernel: kernels[i] ?? 1, activation: kind }),
      ),
      convolution({ kernel: kernels.at(-1) ?? 1, zero: true }),
    ]),
  );
}
