import type { Bijection } from '../bijection';
import { type Conv1x1Options, conv1x1 } from '../bijections/conv1x1';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { checkCounts } from '../conditioners/check';
import { trains } from '../conditioners/conditioner';
import type { CouplingOptions } from '../engines/coupling';
import { type Norm, repeated } from './repeated';

export interface AlternatingOptions {
  /** Number of couplings. Default 8 of `realNvp`, 4 of `nice`. */
  layers?: number;
  /** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. Default 'actNorm' of `realNvp`, 'none' of `nice`. */
  norm?: Norm;
  /** 'flip': each coupling moves what the one before it kept. Or a mixing before each coupling, as for `conv1x1`. Default 'flip'. */
  mixing?: 'flip' | Conv1x1Options;
  /** Of what is drawn once and stays, such as the orders of mixing 'permutation'. Default 0. */
  seed?: number;
}

/** Couplings for any number of features, the odd one with the second half, that take turns or are mixed. */
export function alternating(
  where: string,
  { layers, norm, mixing = 'flip', seed = 0 }: AlternatingOptions & { layers: number; norm: Norm },
  conditioner: CouplingOptions['conditioner'],
  coupling: (sides: { split: number; flip: boolean }) => Bijection,
): Bijection {
  checkCounts(where, { layers });
  const turn = (flip: boolean) =>
    byChannels(
      where,
      (n) => {
        const first = Math.floor(n / 2);
        return coupling({ split: flip ? n - first : first, flip });
      },
      { trains: trains(conditioner) },
    );
  const layer = (k: number) =>
    mixing === 'flip'
      ? turn(k % 2 === 1)
      : chain([conv1x1({ seed: seed + k, ...mixing }), turn(false)], { keys: ['mixing', 'coupling'] });
  return { ...repeated(where, layers, norm, layer), name: where };
}
