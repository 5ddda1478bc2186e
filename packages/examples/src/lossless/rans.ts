import { refuse } from '@invertible/core';

/** An interval of the frequencies 0 … 2²⁴ − 1: that of a symbol. */
export interface Interval {
  start: number;
  size: number;
}

/** Frequencies add up to it. */
export const total = 2 ** 24;

/** The state stays within [lowest, lowest·2¹⁶): words of 16 bits leave and enter. float64 divides such numbers without an error. */
const [lowest, word] = [2 ** 31, 2 ** 16];

/**
 * Range asymmetric numeral system: symbols as one large number, x ↦ ⌊x/size⌋·2²⁴ + start + x mod size, for −log₂(size/2²⁴) bits
 * each. The last one in is the first one out, so the list is coded from its end.   Duda 2013, arXiv:1311.2540, section 2.2.
 */
export function encode(symbols: readonly Interval[]): Uint8Array {
  const words: number[] = [];
  let x = lowest;
  for (let i = symbols.length - 1; i >= 0; i--) {
    const { start, size } = symbols[i] ?? { start: 0, size: 0 };
    if (!(size > 0 && start >= 0 && start + size <= total)) {
      refuse(
        'rans',
        'an interval of frequencies',
        `${size} from ${start}`,
        'Give each symbol a frequency above 0.',
      );
    }
    while (x >= (lowest / total) * word * size) {
      words.push(x % word);
      x = Math.floor(x / word);
    }
    x = Math.floor(x / size) * total + start + (x % size);
  }
  for (let k = 0; k < 3; k++) {
    words.push(x % word);
    x = Math.floor(x / word);
  }
  const bytes = new Uint8Array(2 * words.length);
  for (const [i, w] of words.reverse().entries()) bytes.set([w >> 8, w & 255], 2 * i);
  return bytes;
}

/** Reads symbols in the order in which they were listed: `next` finds the symbol of a frequency, and its interval. */
export function decoder(bytes: Uint8Array) {
  let at = 0;
  const read = () => {
    const [high, low] = [bytes[at++], bytes[at++]];
    if (high === undefined || low === undefined) {
      return refuse('rans', 'more bytes', `an end after ${bytes.length}`, 'The file is cut off.');
    }
    return 256 * high + low;
  };
  let x = (read() * word + read()) * word + read();
  return {
    next<T extends Interval>(find: (frequency: number) => T): T {
      const frequency = x % total;
      const found = find(frequency);
      x = found.size * Math.floor(x / total) + frequency - found.start;
      while (x < lowest) x = x * word + read();
      return found;
    },
    /** Whether all is read, down to the state that the encoder began with. */
    isDone: () => at === bytes.length && x === lowest,
  };
}
