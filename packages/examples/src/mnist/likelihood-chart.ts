import { chart } from '../chart';
import type { Likelihoods } from './likelihoods';

/** Bins of the logarithm, from a quarter of a bit to 32. */
const [least, bins, perBin] = [0.25, 70, 2 ** 0.1];

/** The bits per dimension of digits and of other images as histograms, one over the other. */
export function likelihoodChart({ bits }: Likelihoods, width: number): Promise<string> {
  const kinds = Object.keys(bits);
  const values = Object.entries(bits).flatMap(([kind, all]) =>
    histogram(all).map((bar) => ({ kind, ...bar })),
  );
  return chart({
    width: width - 20,
    height: 30,
    data: { values },
    mark: 'rect',
    encoding: {
      row: {
        field: 'kind',
        type: 'nominal',
        sort: kinds,
        title: null,
        header: { labelOrient: 'top', labelAnchor: 'start', labelFontSize: 11, labelPadding: 2 },
      },
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { type: 'log', base: 2, domain: [least, least * perBin ** bins], nice: false },
        title: 'bits per dimension: the fewer, the likelier',
        axis: { values: [0.25, 0.5, 1, 2, 4, 8, 16, 32], grid: true },
      },
      x2: { field: 'to' },
      y: { field: 'share', type: 'quantitative', title: null, axis: null, scale: { zero: true } },
      y2: { datum: 0 },
    },
    resolve: { scale: { y: 'independent' } },
    spacing: 4,
  });
}

function histogram(all: readonly number[]): { from: number; to: number; share: number }[] {
  const counts = new Map<number, number>();
  for (const bits of all) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(Math.log(bits / least) / Math.log(perBin))));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return [...counts].map(([bin, n]) => ({
    from: least * perBin ** bin,
    to: least * perBin ** (bin + 1),
    share: n / all.length,
  }));
}
