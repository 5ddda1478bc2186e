import type { Network } from './network';
import { lifted } from './readers/lifted';
import { type ResidualBlockOptions, residual } from './residual-block';

/**
 * A residual block of x and of an image that a dense layer makes of the condition.
 *
 *     x′ = relu(vec(c) W₀ + b₀)    h = residualBlock([x, x′])
 *
 * c: [batch, …any], a vector or not, always of the same size; x′ has the shape of x. For conditions that have no pixels in common with x.
 * Options as of `residualBlock`.
 */
export const conditionalResidualBlock = (options: ResidualBlockOptions = {}): Network =>
  residual('conditionalResidualBlock', options, { reader: lifted });
