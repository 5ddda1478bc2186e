import { checkOptions, flag, odd, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activation, activationRule } from './blocks/activation';
import { sequence } from './blocks/sequence';
import { skip } from './blocks/skip';
import type { Network } from './network';

export interface ResNetOptions {
  /** Channels of the hidden layers. Default 32. */
  hidden?: number;
  /** Number of residual blocks. Default 2. */
  blocks?: number;
  /** Size of every kernel, odd. Ignored for vectors. Default 3. */
  kernel?: number;
  /** Within each block. Default 'relu'. */
  activation?: ActivationName;
  /** Each block begins with an activation, too (He et al. 2016, arXiv:1603.05027). Default false. */
  preactivated?: boolean;
}

const rules: Rules<ResNetOptions> = {
  hidden: whole(),
  blocks: whole(0, 1000),
  kernel: odd,
  activation: activationRule,
  preactivated: flag,
};

/**
 * A residual network, for any rank.
 *
 *     u₀ = x ⋆ W₁ + b₁    uₖ = uₖ₋₁ + relu(uₖ₋₁ ⋆ W₂ₖ + b₂ₖ) ⋆ W₂ₖ₊₁ + b₂ₖ₊₁, k = 1 … n    h = uₙ ⋆ W₂ₙ₊₂ + b₂ₙ₊₂
 *
 * The last weights start at zero, and those at the end of each block too, so that depth does not change the scale at the
 * start (Zhang et al. 2019, arXiv:1901.09321, section 3). The condition is appended to the channels of x.
 * He et al. 2016, arXiv:1512.03385, eq. 1.
 */
export function resNet(options: ResNetOptions = {}): Network {
  checkOptions('resNet', options, rules);
  const { hidden = 32, blocks = 2, kernel = 3, activation: kind = 'relu', preactivated = false } = options;
  const first = preactivated ? [activation(kind)] : [];
  const to = () => hidden;
  return assembled('resNet', (convolution) =>
    sequence([
      convolution({ to, kernel }),
      ...Array.from({ length: blocks }, () =>
        skip(
          sequence([
            ...first,
            convolution({ to, kernel, activation: kind }),
            convolution({ to, kernel, zero: true }),
          ]),
        ),
      ),
      convolution({ kernel, zero: true }),
    ]),
  );
}
