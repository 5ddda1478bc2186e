import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { permutation } from '../bijections/permutation';
import { checkSeveral } from '../check';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { onPart } from '../combinators/on-part';
import { shear } from '../conditioners/shear';
import { defineBijection } from '../define';
import { bodyOf } from '../edge';
import { coupling } from '../engines/coupling';
import { lifted } from '../engines/lifted';
import { oneOf } from '../options';
import { shift } from '../transformers/affine';

export interface RotationsOptions extends ExactOptions {
  /** 'random': angles within ±90°. 'identity': none; the channels are shuffled all the same. Default 'random'. */
  start?: 'random' | 'identity';
}

/**
 * Rotations of pairs of channels, each by three shears, in as many rounds as it takes for every channel to meet every other.
 *
 *     (a, b) ← (a − t·b, b)      (a, b) ← (a, b + sin θ·a)      (a, b) ← (a − t·b, b),  t = tan(θ/2)      log|det J| = 0
 *
 * Each shear can be rounded and undone, which a product with an orthogonal matrix cannot: `exact` is what it is for. ⌈log₂ n⌉ rounds
 * of n channels, an odd one waiting, and a perfect shuffle after each.
 * x: [batch, …spatial, channels ≥ 2].   Daubechies & Sweldens 1998, doi:10.1007/BF02476026, section 7; Bruekers & van den Enden 1992.
 */
export const rotations = defineBijection(
  {
    className: 'InvertibleRotations',
    source: 'Bruekers & van den Enden 1992',
    logDet: '0',
    options: { start: oneOf('random', 'identity'), exact: exactRule },
  },
  ({ start = 'random', exact }: RotationsOptions, name): Bijection => {
    const tangent = shear('tangent', start);
    const sine = shear('sine', start);
    return lifted(name, exact, (lift) => {
      const by = (conditioner: typeof sine, flip: boolean) =>
        coupling(name, lift(shift), { conditioner, flip });
      const shears = [by(tangent, true), by(sine, false), by(tangent, true)];
      const turn = chain(shears, { keys: ['turn', 'turn', 'turn'] });
      return byChannels(name, (n) => {
        checkSeveral(name, n);
        const even = n - (n % 2);
        const round = chain(
          [even < n ? onPart(turn, { count: even }) : turn, permutation({ order: shuffle(n) })],
          {
            keys: ['pairs', 'shuffle'],
          },
        );
        return chain(Array.from({ length: Math.ceil(Math.log2(n)) }, () => bodyOf(round)));
      });
    });
  },
);

/** Both of each pair beside each other, after the odd channel. */
const shuffle = (n: number): number[] => {
  const half = Math.floor(n / 2);
  const pairs = Array.from({ length: half }, (_, i) => [i, i + half]).flat();
  return n % 2 === 0 ? pairs : [n - 1, ...pairs];
};
