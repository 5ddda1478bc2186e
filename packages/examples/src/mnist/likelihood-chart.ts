import { chart } from '../chart';
import type { Likelihoods } from './likelihoods';

/** Bins of the logarithm, from half a bit to 64. */
const [least, bins, perBin] = [0.5, 70, 2 ** 0.1];

/** The bits per dimension of digits and of other images as histograms, one over the other. */
export function likelihoodChart({ bits }: Likelihoods, width: number): Promise<string> {
  const kinds = Object.keys(bits);
  const values = Object.entries(bits).flatMap(([kind, all]) =>
    histogram(all).map((bar) => ({ kind, ...bar })),
  );
  return chart({
    width: width - 200,
    height: 44,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      row: {
        field: 'kind',
        sort: kinds,
        title: null,
        header: { labelAngle: 0, labelAlign: 'left', labelFontSize: 11 },
      },
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { type: 'log', base: 2, domain: [least, least * perBin ** bins], nice: false },
        title: 'bits per dimension, the fewer the likelier',
        axis: { values: [0.5, 1, 2, 4, 8, 16, 32, 64], grid: true },
      },
      x2: { field: 'to' },
      y: {
        field: 'share',
        type: 'quantitative',
        title: null,
        axis: { labels: false, ticks: false, grid: false },
      },
      color: { field: 'kind', sort: kinds, legend: null },
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
