import { randomOrder } from '../src/random';

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (order: number[]) => [...order].sort((a, b) => a - b);

test('a random order holds every number once and is told by the seed', () => {
  for (const n of [0, 1, 2, 7, 100]) expect(sorted(randomOrder(n, 3))).toEqual(numbers(n));
  expect(randomOrder(100, 3)).toEqual(randomOrder(100, 3));
  expect(randomOrder(100, 3)).not.toEqual(randomOrder(100, 4));
});

test('each of the six orders of three numbers is as likely, over neighbouring seeds', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const key = randomOrder(3, seed).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // χ² with 5 degrees of freedom: 20.5 is passed once in a thousand.
  const chi2 = [...counts.values()].reduce((sum, k) => sum + (k - 1000) ** 2 / 1000, 0);
  expect(counts.size).toBe(6);
  expect(chi2).toBeLessThan(20.5);
});
