import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { chain } from '../combinators/chain';
import { refuse } from '../errors';

/** What comes before each coupling: 'actNorm', set from the first batch, or 'none'. */
export type Norm = 'actNorm' | 'none';

/** So many couplings one after the other, each after a normalisation. */
export function repeated(
  where: string,
  count: number,
  norm: Norm,
  coupling: (k: number) => Bijection,
): Bijection {
  checkNorm(where, norm);
  const step = (k: number) =>
    norm === 'none'
      ? chain([coupling(k)], { keys: ['coupling'] })
      : chain([actNorm(), coupling(k)], { keys: ['norm', 'coupling'] });
  return chain(Array.from({ length: count }, (_, k) => step(k)));
}

/** Refuses what is no kind of normalisation. */
export function checkNorm(where: string, norm: Norm): void {
  if (norm === 'actNorm' || norm === 'none') return;
  refuse(where, "norm 'actNorm' or 'none'", JSON.stringify(norm), 'Leave it out for the default.');
}
