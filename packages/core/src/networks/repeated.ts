import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { chain } from '../combinators/chain';
import { oneOf } from '../options';

/** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. */
export type Norm = 'actNorm' | 'none';

export const normRule = oneOf('actNorm', 'none');

/** So many couplings one after the other, each after a normalisation. */
export function repeated(count: number, norm: Norm, coupling: (k: number) => Bijection): Bijection {
  const step = (k: number) =>
    norm === 'none'
      ? chain([coupling(k)], { keys: ['coupling'] })
      : chain([actNorm(), coupling(k)], { keys: ['norm', 'coupling'] });
  return chain(Array.from({ length: count }, (_, k) => step(k)));
}
