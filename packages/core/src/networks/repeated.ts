import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { chain } from '../combinators/chain';
import { defined, flag, oneOf, type Rules } from '../options';

/** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. */
export type Norm = 'actNorm' | 'none';

export interface NormOptions {
  /** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. Default 'actNorm'. */
  norm?: Norm | undefined;
  /** As for `actNorm`; false is the one of version 0.1.0. Default true. */
  centred?: boolean | undefined;
}

export const normRule = oneOf('actNorm', 'none');

export const normRules: Rules<NormOptions> = { norm: normRule, centred: flag };

/** Metadata of a network with ActNorm inside. */
export const normChanges = { centred: { was: false, is: true } } as const;

/** So many couplings one after the other, each after a normalisation. */
export function repeated(
  count: number,
  { norm = 'actNorm', centred }: NormOptions,
  coupling: (k: number) => Bijection,
): Bijection {
  const step = (k: number) =>
    norm === 'none'
      ? chain([coupling(k)], { keys: ['coupling'] })
      : chain([actNorm(defined({ centred })), coupling(k)], { keys: ['norm', 'coupling'] });
  return chain(Array.from({ length: count }, (_, k) => step(k)));
}
