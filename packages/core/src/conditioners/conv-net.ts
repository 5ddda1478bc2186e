import { checkOptions, odd, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activation, activationRule } from './blocks/activation';
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

/**
 * The conditioner of Glow, for any rank; on vectors its convolutions are dense layers.
 *
 *     a₁ = relu(x ⋆ W₁ + b₁)    a₂ = relu(a₁ ⋆ W₂ + b₂)    h = a₂ ⋆ W₃ + b₃
 *
 * W₃ and b₃ start at zero, so a fresh coupling is the identity. The condition is appended to the channels of x.
 * Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.3.
 */
export function convNet(options: NetOptions = {}): Network {
  checkOptions('convNet', options, netRules);
  const { hidden = 32, kernel = 3, activation: kind = 'relu' } = options;
  const to = () => hidden;
  return assembled('convNet', (convolution) =>
    sequence([
      convolution({ to, kernel }),
      activation(kind),
      convolution({ to }),
      activation(kind),
      convolution({ kernel, zero: true }),
    ]),
  );
}
