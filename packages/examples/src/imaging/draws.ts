import { type RandomGenerator, xoroshiro128plus } from 'pure-rand';

/** Random numbers that are a function of some seeds alone. */
export interface Draws {
  /** From [low, high). */
  within(low: number, high: number): number;
  /** From the exponential distribution of this mean. */
  exponential(mean: number): number;
  /** From the standard normal distribution. */
  normal(): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
}

export function draws(...seeds: number[]): Draws {
  const random: RandomGenerator = xoroshiro128plus(
    seeds.reduce((h, n) => Math.imul(h ^ n, 0x9e3779b1) ^ (h >>> 15), 0x2545f491),
  );
  // Neighbouring seeds would begin alike.
  for (let k = 0; k < 16; k++) random.unsafeNext();
  const uniform = () => (random.unsafeNext() >>> 0) / 2 ** 32;
  return {
    within: (low, high) => low + (high - low) * uniform(),
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    // Box & Muller 1958.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    happens: (probability) => uniform() < probability,
  };
}
