import { decoder, encode, type Interval, total } from '../src/lossless/rans';

/** Symbols with frequencies that add up to 2²⁴, and many draws of them, by a generator of whole numbers. */
function drawn(weights: readonly number[], count: number) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const sum = weights.reduce((a, b) => a + b, 0);
  const sizes = weights.map((w) => Math.max(1, Math.floor((w / sum) * (total - weights.length))));
  sizes[0]! += total - sizes.reduce((a, b) => a + b, 0);
  let start = 0;
  const symbols = sizes.map((size, symbol) => {
    start += size;
    return { symbol, start: start - size, size };
  });
  const at = (frequency: number) => symbols.findLast((s) => s.start <= frequency)!;
  return { at, list: Array.from({ length: count }, () => at(Math.floor(random() * total))) };
}

const bits = (list: readonly Interval[]) => list.reduce((sum, { size }) => sum - Math.log2(size / total), 0);

test.each([
  ['one that is nearly certain', [2 ** 24, 1, 1]],
  ['equals', Array(256).fill(1)],
  ['a long tail', Array.from({ length: 600 }, (_, i) => 0.97 ** i)],
  ['a single symbol', [1]],
])('%s: all come back, in the bits that they hold', (_, weights) => {
  const { list, at } = drawn(weights, 20_000);
  const bytes = encode(list);
  expect(8 * bytes.length).toBeLessThan(bits(list) + 64);
  expect(8 * bytes.length).toBeGreaterThanOrEqual(Math.floor(bits(list)));
  const { next, isDone } = decoder(bytes);
  expect(list.map(() => next(at).symbol)).toEqual(list.map(({ symbol }) => symbol));
  expect(isDone()).toBe(true);
});

test('nothing, a cut file and a symbol without a frequency', () => {
  expect(decoder(encode([])).isDone()).toBe(true);
  const { list, at } = drawn([3, 2, 1], 1000);
  const cut = decoder(encode(list).subarray(0, 100));
  expect(() => list.map(() => cut.next(at))).toThrow(/The file is cut off/);
  expect(() => encode([{ start: 0, size: 0 }])).toThrow(/an interval of frequencies/);
});
