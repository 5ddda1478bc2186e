import { xoroshiro128plus } from 'pure-rand';

/** Numbers between two, a function of the seed alone. */
export type Within = (low: number, high: number) => number;

export function randomWithin(seed: number): Within {
  // The generator wants its seed mixed: neighbouring seeds would begin alike.
  const random = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1));
  for (let k = 0; k < 16; k++) random.unsafeNext();
  return (low, high) => low + ((high - low) * (random.unsafeNext() >>> 0)) / 2 ** 32;
}

/** So many things made one by one. */
export const several = <T>(count: number, make: (k: number) => T): T[] =>
  Array.from({ length: count }, (_, k) => make(k));
