import { channels, checkShape, type Shape } from '../bijection';
import { refuse, show } from '../errors';

/** The shapes of a map that halves every spatial size and puts what was there into 2^d times the channels. */
export function halving(where: string) {
  const remedy = 'Pad or resize the input first.';
  return {
    outputShape(shape: Shape) {
      checkShape(where, shape);
      const space = shape.slice(1, -1);
      if (space.length === 0 || space.some((n) => n % 2 !== 0))
        refuse(where, '1 to 3 spatial axes of even size', `shape ${show(shape)}`, remedy);
      return [shape[0]!, ...space.map((n) => n / 2), channels(shape) * 2 ** space.length];
    },
    inputShape(shape: Shape) {
      checkShape(where, shape);
      const space = shape.slice(1, -1);
      const n = 2 ** space.length;
      if (space.length === 0 || channels(shape) % n !== 0)
        refuse(where, `1 to 3 spatial axes and channels divisible by ${n}`, `shape ${show(shape)}`, remedy);
      return [shape[0]!, ...space.map((s) => s * 2), channels(shape) / n];
    },
  };
}
