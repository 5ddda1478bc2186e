import { xoroshiro128plus } from 'pure-rand';

/** Random numbers that are a function of a seed alone. */
export interface Draws {
  /** From [low, high). */
  within(low: number, high: number): number;
  /** One of 0 … n−1. */
  whole(n: number): number;
  /** From the standard normal distribution. */
  normal(): number;
}

export function draws(seed: number): Draws {
  // The generator wants its seed mixed: neighbouring seeds would begin alike.
  const random = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1));
  for (let k = 0; k < 16; k++) random.unsafeNext();
  const uniform = () => (random.unsafeNext() >>> 0) / 2 ** 32;
  return {
    within: (low, high) => low + (high - low) * uniform(),
    whole: (n) => Math.floor(n * uniform()),
    // Box & Muller 1958.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
