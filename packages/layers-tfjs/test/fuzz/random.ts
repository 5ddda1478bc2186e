import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/** Draws that repeat with the seed. */
export interface Random {
  /** 0 … n−1. */
  whole(n: number): number;
  pick<T>(from: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const whole = (n: number) => unsafeUniformIntDistribution(0, Math.max(0, n - 1), generator);
  return { whole, pick: (from) => from[whole(from.length)]! };
}
