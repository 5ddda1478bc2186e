import type { Conditioner } from './conditioner';
import { convNet } from './conv-net';

/**
 * A dense network with two hidden layers; on spatial inputs the same network at every pixel.
 *
 *     a₁ = relu(x W₁ + b₁)    a₂ = relu(a₁ W₂ + b₂)    h = a₂ W₃ + b₃
 *
 * A convolution of kernel 1 is this, whatever the rank. W₃ and b₃ start at zero.
 */
export const denseNet = ({ hidden = 32 }: { hidden?: number } = {}): Conditioner =>
  convNet({ hidden, kernel: 1 });
