import type { Shape } from '../bijection';
import { refuse, show } from '../errors';
import { channels } from './channels';

/** The shapes of a map that halves every spatial size and puts its pixels into 2^d times the channels, d spatial axes. */
export function halving(name: string) {
  const refuseShape = (expected: string, shape: Shape) =>
    refuse(name, expected, `shape ${show(shape)}`, 'Crop or resize the input first.');
  return {
    outputShape([batch = 1, ...sample]: Shape): number[] {
      const space = sample.slice(0, -1);
      if (space.length === 0 || space.some((n) => n % 2 === 1)) {
        refuseShape('1 to 3 spatial axes of even size', [batch, ...sample]);
      }
      return [batch, ...space.map((n) => n / 2), channels(sample) * 2 ** space.length];
    },
    inputShape([batch = 1, ...sample]: Shape): number[] {
      const space = sample.slice(0, -1);
      const n = 2 ** space.length;
      if (space.length === 0 || channels(sample) % n !== 0) {
        refuseShape(`1 to 3 spatial axes and channels divisible by ${n}`, [batch, ...sample]);
      }
      return [batch, ...space.map((s) => s * 2), channels(sample) / n];
    },
  };
}
