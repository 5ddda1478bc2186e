import type { Bijection } from '../bijection';
import { chain } from '../combinators/chain';
import { reverse } from '../combinators/reverse';
import type { NumberArray } from './array';

/** A bijection from data to latent, and its weights by name. */
export interface Part {
  bijection: Bijection;
  weights: Record<string, NumberArray>;
}

export const part = (bijection: Bijection, weights: Record<string, NumberArray> = {}): Part => ({
  bijection,
  weights,
});

/** One part after the other. */
export function inTurn(parts: readonly Part[]): Part {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  const weights = parts.flatMap((p, i) =>
    Object.entries(p.weights).map(([name, a]) => [`${i}/${name}`, a] as const),
  );
  return part(chain(parts.map(({ bijection }) => bijection)), Object.fromEntries(weights));
}

export const reversed = ({ bijection, weights }: Part): Part => part(reverse(bijection), weights);
