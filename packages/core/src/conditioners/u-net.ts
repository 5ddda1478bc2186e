import { checkOptions, odd, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type ActivationName, activationRule } from './blocks/activation';
import { beside } from './blocks/beside';
import { down, up } from './blocks/resample';
import { sequence } from './blocks/sequence';
import type { Network } from './network';

export interface UNetOptions {
  /** Channels at the full resolution; each level down has twice as many. Default 16. */
  hidden?: number;
  /** How many times the spatial sizes are halved. Default 2. */
  levels?: number;
  /** Size of the kernels, odd. Default 3. */
  kernel?: number;
  /** After each convolution but the last. Default 'relu'. */
  activation?: ActivationName;
}

const rules: Rules<UNetOptions> = {
  hidden: whole(),
  levels: whole(1, 30),
  kernel: odd,
  activation: activationRule,
};

/**
 * A small U-Net for 1 to 3 spatial axes, of sizes divisible by 2^levels.
 *
 *     level(x) = relu([a, ↑(level(↓a) ⋆ W)] ⋆ W′ + b′),   a = relu(x ⋆ W″ + b″);   at the bottom level(x) = a
 *
 * ↓ moves every 2 × … × 2 pixels into the channels and ↑ back (Shi et al. 2016, arXiv:1609.05158, section 3.2). The last convolution, of
 * kernel 1, starts at zero. The condition is appended to the channels of x.   Ronneberger et al. 2015, arXiv:1505.04597, section 2.
 */
export function uNet(options: UNetOptions = {}): Network {
  checkOptions('uNet', options, rules);
  const { hidden = 16, levels = 2, kernel = 3, activation: kind = 'relu' } = options;
  return assembled(
    'uNet',
    (convolution) => {
      const level = (depth: number): Network => {
        const width = hidden * 2 ** depth;
        const layer = () => convolution({ to: () => width, kernel, activation: kind });
        if (depth === levels) return layer();
        return sequence([
          layer(),
          beside(
            sequence([
              down(2),
              level(depth + 1),
              convolution({ to: (_, shape) => width * 2 ** (shape.length - 2) }),
              up(2),
            ]),
          ),
          layer(),
        ]);
      };
      return sequence([level(0), convolution({ zero: true })]);
    },
    { multiple: 2 ** levels },
  );
}
