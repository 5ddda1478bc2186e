import { additiveCoupling } from '../bijections/additive-coupling';
import { type AffineCouplingOptions, affineCoupling } from '../bijections/affine-coupling';
import { splineCoupling } from '../bijections/spline-coupling';
import type { ActivationName } from '../conditioners/blocks/activation';
import type { HalvesOptions } from '../engines/halves';
import {
  conditionerOf,
  type Output,
  outputsOf,
  type TorchNet,
  weightsOf,
  widthsOf,
  withOutputs,
} from './network';
import { type Part, part } from './part';

/** What the couplings of all libraries have: a network of the half that stays. */
export interface TorchCoupling {
  net: TorchNet;
  activation: ActivationName;
  sides: HalvesOptions;
}

/** Where a network has the raw log-scale and the shift of the j-th of n channels that move, to what they come here. */
export interface AffineLayout {
  logScale(j: number, n: number): Output;
  shift(j: number, n: number): Output;
}

/** y = e^l(h) ⊙ x + t */
export function affineOf(
  { net, activation, sides }: TorchCoupling,
  { logScale, shift }: AffineLayout,
  scale: Pick<AffineCouplingOptions, 'scale' | 'clamp' | 'range' | 'volumePreserving'>,
): Part {
  const n = outputsOf(net) / 2;
  const each = (of: (j: number, n: number) => Output) => Array.from({ length: n }, (_, j) => of(j, n));
  const arranged = withOutputs(net, [...each(logScale), ...each(shift)]);
  const conditioner = conditionerOf(arranged, activation);
  return part(affineCoupling({ conditioner, ...sides, ...scale }), weightsOf(arranged));
}

/** y = x + t */
export const additiveOf = ({ net, activation, sides }: TorchCoupling): Part =>
  part(additiveCoupling({ conditioner: conditionerOf(net, activation), ...sides }), weightsOf(net));

/** A slope is softplus(h) + least in both; here a raw slope of zero is a slope of 1. */
const rawSlopeOfOne = Math.log(Math.expm1(1 - 1e-3));

/**
 * The numbers of splines of K bins, which PyTorch has feature by feature, here parameter by parameter. Widths and heights are divided
 * by a factor before the softmax.
 */
export function splineNumbers(
  bins: number,
  features: number,
  times: number,
): Record<'widths' | 'heights' | 'slopes', Output[]> {
  const M = 3 * bins - 1;
  const each = (count: number, at: number, more: Partial<Output>) =>
    Array.from({ length: count * features }, (_, i) => ({
      from: (i % features) * M + at + Math.floor(i / features),
      ...more,
    }));
  return {
    widths: each(bins, 0, { times }),
    heights: each(bins, bins, { times }),
    slopes: each(bins - 1, 2 * bins, { plus: -rawSlopeOfOne }),
  };
}

/** Monotone rational-quadratic splines with linear tails. */
export function splinesOf({ net, activation, sides }: TorchCoupling, bins: number, bound: number): Part {
  const features = outputsOf(net) / (3 * bins - 1);
  // Where a network knows its width, its numbers are scaled by it.
  const times = net.kind === 'residual' ? 1 / Math.sqrt(widthsOf(net)[0] ?? 1) : 1;
  const { widths, heights, slopes } = splineNumbers(bins, features, times);
  const arranged = withOutputs(net, [...widths, ...heights, ...slopes]);
  const conditioner = conditionerOf(arranged, activation);
  return part(splineCoupling({ conditioner, bins, bound, ...sides }), weightsOf(arranged));
}
