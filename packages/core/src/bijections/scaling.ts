import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { checkCounts, constants } from '../engines/sources';
import { either, finite, listOf } from '../options';
import { channels, pixels } from '../tensors/channels';
import { scaleAndShift } from '../transformers/affine';

export interface ScalingOptions {
  /** A number, or one for each channel; none is zero. Default 1. */
  scale?: number | readonly number[];
  /** A number, or one for each channel. Default 0. */
  shift?: number | readonly number[];
}

const numbers = either(finite, listOf(finite, 1));
const notZero = {
  expected: 'a number that is not 0, or a list of them',
  holds: (value: unknown) =>
    numbers.holds(value) && [value].flat().every((n) => Math.fround(Number(n)) !== 0),
  remedy: 'Such as 1 / 256 for bytes.',
};

/**
 * A fixed affine map, such as that from bytes to [0, 1] or to mean 0 and deviation 1; it has no weights.
 *
 *     y = s ⊙ x + b      log|det J| = P·Σ log|s|,  P pixels      x = (y − b) ⊘ s
 *
 * x: [batch, …spatial, channels].
 */
export const scaling = defineBijection(
  {
    className: 'InvertibleScaling',
    source: 'Dinh et al. 2017, 3.1',
    logDet: 'P·Σ log|s|',
    options: { scale: notZero, shift: numbers },
  },
  ({ scale = 1, shift = 0 }: ScalingOptions, name) => ({
    ...elementwise(name, scaleAndShift, constants({ scale, shift }), {
      logDet(shape) {
        const factors = typeof scale === 'number' ? Array<number>(channels(shape)).fill(scale) : scale;
        return pixels(shape) * factors.reduce((sum, s) => sum + Math.log(Math.abs(s)), 0);
      },
    }),
    outputShape: (shape) => checkCounts(name, shape, [scale, shift]),
    inputShape: (shape) => checkCounts(name, shape, [scale, shift]),
  }),
);
