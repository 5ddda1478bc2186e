import type { Bijection } from '../bijection';
import { type Conv1x1Options, conv1x1 } from '../bijections/conv1x1';
import { checkSeveral } from '../check';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { either, oneOf, optionsOf, type Rules, seed as seedRule, whole } from '../options';
import { type Norm, type NormOptions, normRules, repeated } from './repeated';

export interface AlternatingOptions extends NormOptions {
  /** Number of couplings. Default 8 of `realNvp`, 4 of `nice`. */
  layers?: number;
  /** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. Default 'actNorm' of `realNvp`, 'none' of `nice`. */
  norm?: Norm;
  /** 'flip': each coupling moves the half that the one before it kept. Or a mixing before each coupling, as for `conv1x1`. Default 'flip'. */
  mixing?: 'flip' | Conv1x1Options;
  /** Seed of draws that stay fixed, such as the orders of mixing 'permutation'. Default 0. */
  seed?: number;
}

/** Layers are counted, so that a slip of the pen does not eat the memory. */
export const mostLayers = 10_000;

export const alternatingRules: Rules<AlternatingOptions> = {
  layers: whole(1, mostLayers),
  ...normRules,
  mixing: either(oneOf('flip'), optionsOf('conv1x1')),
  seed: seedRule,
};

/** Couplings for any number of features, the odd one with the second half, that take turns or are mixed. */
export function alternating(
  name: string,
  { layers, norm, centred, mixing = 'flip', seed = 0 }: AlternatingOptions & { layers: number },
  coupling: (sides: { split: number; flip: boolean }) => Bijection,
): Bijection {
  const turn = (flip: boolean) =>
    byChannels(name, (n) => {
      checkSeveral(name, n);
      const first = Math.floor(n / 2);
      return coupling({ split: flip ? n - first : first, flip });
    });
  const layer = (k: number) =>
    mixing === 'flip'
      ? turn(k % 2 === 1)
      : chain([conv1x1({ seed: seed + k, ...mixing }), turn(false)], { keys: ['mixing', 'coupling'] });
  return repeated(layers, { norm, centred }, layer);
}
