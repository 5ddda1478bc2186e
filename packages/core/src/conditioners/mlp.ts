import { checkOptions, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { normedMlp } from './blocks/pre-norm';
import type { Network } from './network';

export interface MlpOptions {
  /** Channels of the hidden layer. Default 32. */
  hidden?: number;
}

const rules: Rules<MlpOptions> = { hidden: whole() };

/**
 * The dense half of a transformer block, for any rank: at every pixel a layer norm and one hidden layer of GELU.
 *
 *     h = gelu(LN(x) W₁ + b₁) W₂ + b₂
 *
 * W₂ and b₂ start at zero. The condition is appended to the channels of x, which are more than 2.
 * Vaswani et al. 2017, arXiv:1706.03762, eq. 2.
 */
export function mlp(options: MlpOptions = {}): Network {
  checkOptions('mlp', options, rules);
  const { hidden = 32 } = options;
  return assembled('mlp', (convolution) =>
    normedMlp({ convolution, name: '1', hidden, last: { zero: true } }),
  );
}
