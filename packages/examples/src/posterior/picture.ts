import type { RankHistogram } from '@invertible/core';
import type * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { chart } from '../chart';
import { floatsOf } from '../measure';
import { rasterize } from '../raster';
import { closedForm } from './problem';

/** Points at two deviations of the posterior in closed form. */
function ellipseOf(y: readonly number[]) {
  const { mean, covariance } = closedForm(y);
  const [l11, l21] = [Math.sqrt(covariance[0][0]), covariance[0][1] / Math.sqrt(covariance[0][0])];
  const l22 = Math.sqrt(covariance[1][1] - l21 ** 2);
  return Array.from({ length: 101 }, (_, k) => {
    const [c, s] = [2 * Math.cos((2 * Math.PI * k) / 100), 2 * Math.sin((2 * Math.PI * k) / 100)];
    return { a: mean[0] + l11 * c, b: mean[1] + l21 * c + l22 * s, k };
  });
}

const histogram = ({ counts }: RankHistogram, axis: number) => ({
  title: `ranks of x${'₁₂'[axis]}`,
  width: 220,
  height: 240,
  data: { values: counts.map((count, bin) => ({ bin, count })) },
  mark: 'bar' as const,
  encoding: {
    x: { field: 'bin', type: 'ordinal' as const, title: 'rank, 5 to a bin' },
    y: { field: 'count', type: 'quantitative' as const, title: 'pairs' },
  },
});

const axes = {
  x: { field: 'a', type: 'quantitative', title: 'x₁', scale: { zero: false } },
  y: { field: 'b', type: 'quantitative', title: 'x₂', scale: { zero: false } },
} as const;

/** Samples of one posterior with the ellipse of the closed form, and the histograms of ranks. */
export async function picture(flow: inn.Flow, calibration: readonly RankHistogram[]): Promise<Buffer> {
  const y = [1.5, -0.5, 0.8];
  const condition = tf.tensor2d([y]);
  const drawn = await floatsOf(flow.sample(2000, { seed: 3, condition }));
  condition.dispose();
  const points = Array.from({ length: drawn.length / 2 }, (_, k) => ({
    a: drawn[2 * k],
    b: drawn[2 * k + 1],
  }));
  const svg = await chart({
    hconcat: [
      {
        title: 'posterior samples; ellipse: closed form, 2 deviations',
        width: 300,
        height: 240,
        layer: [
          { data: { values: points }, mark: { type: 'circle', size: 6, opacity: 0.4 }, encoding: axes },
          {
            data: { values: ellipseOf(y) },
            mark: { type: 'line', color: 'firebrick' },
            encoding: { ...axes, order: { field: 'k', type: 'quantitative' } },
          },
        ],
      },
      ...calibration.map(histogram),
    ],
  });
  return rasterize(svg);
}
