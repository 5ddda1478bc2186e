import { type ActivationName, activation } from './blocks/activation';
import { sequence } from './blocks/sequence';
import { skip } from './blocks/skip';
import { checkCounts, checkKernels } from './check';
import type { Conditioner } from './conditioner';
import { network } from './network';

export interface ResNetOptions {
  /** Channels of the hidden layers. Default 32. */
  hidden?: number;
  /** Number of residual blocks. Default 2. */
  blocks?: number;
  /** Size of every kernel, odd. Ignored for vectors. Default 3. */
  kernel?: number;
  /** Within each block. Default 'relu'. */
  activation?: ActivationName;
}

/**
 * A residual network, for any rank.
 *
 *     u₀ = x ⋆ W₁ + b₁    uₖ = uₖ₋₁ + relu(uₖ₋₁ ⋆ W₂ₖ + b₂ₖ) ⋆ W₂ₖ₊₁ + b₂ₖ₊₁, k = 1 … n    h = uₙ ⋆ W₂ₙ₊₂ + b₂ₙ₊₂
 *
 * The last weights start at zero, and those at the end of each block too, so that depth does not change the scale at the
 * start (Zhang et al. 2019, arXiv:1901.09321, section 3). The condition is appended to the channels of x.
 * He et al. 2016, arXiv:1512.03385, eq. 1.
 */
export function resNet({
  hidden = 32,
  blocks = 2,
  kernel = 3,
  activation: kind = 'relu',
}: ResNetOptions = {}): Conditioner {
  checkCounts('resNet', { hidden });
  checkCounts('resNet', { blocks }, 0);
  checkKernels('resNet', kernel);
  const to = () => hidden;
  return network('resNet', (convolution) =>
    sequence([
      convolution({ to, kernel }),
      ...Array.from({ length: blocks }, () =>
        skip(
          sequence([convolution({ to, kernel }), activation(kind), convolution({ to, kernel, zero: true })]),
        ),
      ),
      convolution({ kernel, zero: true }),
    ]),
  );
}
