import { checkOptions, flag, odd, oneOf, type Rules, whole } from '../options';
import { assembled, type NetworkSetting } from './assembled';
import { type ActivationName, activation, activationRule } from './blocks/activation';
import { dilated } from './blocks/dilated';
import { glu } from './blocks/glu';
import { down, up } from './blocks/resample';
import { sequence } from './blocks/sequence';
import { skip } from './blocks/skip';
import type { Network } from './network';

export interface ResidualBlockOptions {
  /** Channels of the hidden layers. Default 32. */
  hidden?: number;
  /** Size of the first and last kernel, odd. Ignored for vectors, and with a stride, whose patches are the kernel. Default 3. */
  kernel?: number;
  /** Size of the middle kernel, odd. Ignored for vectors. Default 3. */
  inner?: number;
  /** Gaps between the taps of the middle kernel, plus one. Ignored for vectors. Default 1. */
  dilation?: number;
  /** 2 or 4: the hidden layers have so many times fewer pixels along each axis. Default 1. */
  stride?: 1 | 2 | 4;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
  /** End with a gated linear unit, h = z₁ ⊙ σ(z₂). Default false: h = z. */
  gated?: boolean;
}

export const residualBlockRules: Rules<ResidualBlockOptions> = {
  hidden: whole(),
  kernel: odd,
  inner: odd,
  dilation: whole(),
  stride: oneOf(1, 2, 4),
  activation: activationRule,
  gated: flag,
};

/**
 * The residual block of i-RIM, for any rank.
 *
 *     a = relu(x ⋆ W₁ + b₁)    u = a + a ⋆ W₂ + b₂    z = relu(u) ⋆ W₃    h = z, or z₁ ⊙ σ(z₂)
 *
 * With a stride s, W₁ reads patches of s pixels along each axis and W₃ writes them: a strided convolution and a transposed one.
 * W₃ starts at zero. The condition is appended to the channels of x.   Putzky & Welling 2019, arXiv:1911.10914, section 3.2.
 */
export const residualBlock = (options: ResidualBlockOptions = {}): Network =>
  residual('residualBlock', options);

/** A residual block under another name, which may read its condition in another way. */
export function residual(
  where: string,
  options: ResidualBlockOptions,
  setting: NetworkSetting = {},
): Network {
  checkOptions(where, options, residualBlockRules);
  const { hidden = 32, kernel = 3, inner = 3, dilation = 1, stride = 1, gated = false } = options;
  const { activation: kind = 'relu' } = options;
  const strided = stride > 1;
  const outer = strided ? 1 : kernel;
  const to = () => hidden;
  return assembled(
    where,
    (convolution) =>
      sequence([
        ...(strided ? [down(stride)] : []),
        convolution({ to, kernel: outer, activation: kind }),
        skip(dilated(dilation, convolution({ to, kernel: inner }))),
        activation(kind),
        convolution({
          to: (out, shape) => (gated ? 2 : 1) * out * stride ** (shape.length - 2),
          kernel: outer,
          zero: true,
          bias: false,
        }),
        ...(strided ? [up(stride)] : []),
        ...(gated ? [glu] : []),
      ]),
    { stride, ...setting },
  );
}
