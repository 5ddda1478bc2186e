import { refuse } from '../errors';
import { between, checkOptions, checkValue, type Rule, required, whole } from '../options';

const numbers: Rule = {
  expected: 'ranks: whole numbers from 0 to the number of draws',
  holds: (value) => Array.isArray(value) || ArrayBuffer.isView(value),
  required: true,
  remedy: 'As in await core.ranks(draws, x).data().',
};

export interface RankHistogram {
  /** How many ranks are in each bin. */
  counts: number[];
  /** Σ (count − expected)² / expected: of a χ² distribution with bins − 1 degrees of freedom where independent ranks are uniform. */
  chiSquare: number;
}

/** How ranks among so many draws are spread over bins of equal width.   Talts et al. 2018, arXiv:1804.06788, algorithm 1. */
export function rankHistogram(
  ranks: ArrayLike<number>,
  options: { draws: number; bins?: number },
): RankHistogram {
  checkValue('rankHistogram', 'ranks', ranks, numbers);
  checkOptions('rankHistogram', options, { draws: required(whole()), bins: whole(2) });
  const { draws, bins = 20 } = options;
  if ((draws + 1) % bins) {
    const remedy = `${bins - 1} draws, or ${2 * bins - 1}, or another number of bins.`;
    refuse('rankHistogram', `bins that divide the ${draws + 1} ranks`, bins, remedy);
  }
  const counts = Array<number>(bins).fill(0);
  for (const rank of checkedRanks('rankHistogram', ranks, draws)) {
    const bin = Math.floor((rank * bins) / (draws + 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const expected = ranks.length / bins;
  return { counts, chiSquare: counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0) };
}

/**
 * The share of truths inside the central interval of probability `level` that the draws span, by their ranks: `level` where the
 * draws are calibrated, less where they are too sure.
 *
 * A rank r of n draws stands for the cell [r, r + 1]/(n + 1), which counts by the part that lies in [½ − level/2, ½ + level/2].
 */
export function coverage(ranks: ArrayLike<number>, options: { draws: number; level: number }): number {
  checkValue('coverage', 'ranks', ranks, numbers);
  checkOptions('coverage', options, { draws: required(whole()), level: required(between(0, 1)) });
  const { draws, level } = options;
  const [low, high] = [-1, 1].map((side) => ((draws + 1) * (1 + side * level)) / 2) as [number, number];
  const part = (rank: number) => Math.max(0, Math.min(rank + 1, high) - Math.max(rank, low));
  const all = checkedRanks('coverage', ranks, draws);
  return all.reduce((sum, rank) => sum + part(rank), 0) / all.length;
}

function checkedRanks(where: string, ranks: ArrayLike<number>, draws: number): number[] {
  const all = Array.from(ranks);
  const wrong = all.find((rank) => !(Number.isInteger(rank) && rank >= 0 && rank <= draws));
  if (all.length > 0 && wrong === undefined) return all;
  return refuse(
    where,
    `ranks from 0 to ${draws}, at least one`,
    wrong ?? 'none',
    'Say of how many draws they are.',
  );
}
