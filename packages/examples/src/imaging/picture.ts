import * as tf from '@tensorflow/tfjs';
import { chart } from '../chart';
import { rasterize } from '../raster';
import type { Comparison } from './closed-form';
import { bins, type Evaluation, limit, type Moments } from './evaluate';
import type { Fit } from './fine-tune';
import { type Panel, panels, type Scale } from './panels';
import type { Recorded } from './survey';

const section: Scale = { colours: 'redblue', low: -3, high: 3 };
const scores = section;

/** The i-th of a batch of images; which columns of it have no trace. */
const nth = (t: tf.Tensor, i: number, channel = 0): Float32Array =>
  tf.tidy(() => tf.slice(t, [i, 0, 0, channel], [1, -1, -1, 1]).dataSync<'float32'>());

const missingIn = (condition: tf.Tensor, i: number) => {
  const mask = nth(condition, i, 1);
  return (column: number) => mask[column] === 0;
};

const panel = (title: string, values: ArrayLike<number>, scale: Scale = section): Panel => ({
  title,
  values,
  scale,
});

/** Scale of deviations and errors. */
const from0 = (values: Float32Array): Scale => {
  const sorted = values.slice().sort();
  return { colours: 'viridis', low: 0, high: sorted[Math.round(0.99 * (sorted.length - 1))] ?? 1 };
};

export interface Story {
  held: Recorded;
  point: tf.Tensor4D;
  moments: Moments;
  /** Posterior draws of the first image, [4, …], and one where nothing was recorded. */
  samples: tf.Tensor;
  prior: tf.Tensor;
}

const traces = (title: string, condition: tf.Tensor): Panel => ({
  ...panel(title, nth(condition, 0)),
  missing: missingIn(condition, 0),
});

/** Truth, traces, estimates, draws and their spread for one held-out image. */
export function storyRows({ held, point, moments, samples, prior }: Story) {
  const [x, mean, deviation] = [nth(held.x, 0), nth(moments.mean, 0), nth(moments.deviation, 0)];
  const error = x.map((v, k) => Math.abs(v - (mean[k] ?? 0)));
  const z = x.map((v, k) => (v - (mean[k] ?? 0)) / (deviation[k] ?? 1));
  const spread = from0(error);
  return [
    {
      heading:
        'A held-out seismic section: depth downwards, distance to the right, amplitude in deviations of all sections',
      panels: [
        panel('truth', x),
        traces('recorded (grey: no trace)', held.condition),
        panel('best point estimate', nth(point, 0)),
        panel('posterior mean', mean),
        panel('posterior deviation', deviation, spread),
        panel('|truth − posterior mean|', error, spread),
      ],
    },
    {
      heading: 'Draws from its posterior agree where there are traces and differ where there are none',
      panels: [
        ...[0, 1, 2, 3].map((k) => panel(`draw ${k + 1}`, nth(samples, k))),
        panel('z-score of the truth', z, scores),
        panel('draw without any trace', nth(prior, 0)),
      ],
    },
  ];
}

/** One observation of another survey, before and after training for it alone. */
export function tunedRows({ x, condition }: Recorded, before: Fit, after: Fit) {
  const spread = from0(nth(before.deviation, 0));
  return [
    {
      heading:
        'One observation of another survey: the flow as trained for all, and trained on for this one by reverse KL',
      panels: [
        panel('truth', nth(x, 0)),
        traces('recorded', condition),
        panel(`mean before: ${before.psnr.toFixed(1)} dB`, nth(before.mean, 0)),
        panel(`mean after: ${after.psnr.toFixed(1)} dB`, nth(after.mean, 0)),
        panel('deviation before', nth(before.deviation, 0), spread),
        panel('deviation after', nth(after.deviation, 0), spread),
      ],
    },
  ];
}

/** A section that is normal: the flow beside the closed form. */
export function exactRows({ x, condition }: Recorded, { exact, flow }: Comparison) {
  const spread = from0(exact.deviation);
  return [
    {
      heading: 'A section that is normal, so that the posterior is known: closed form and flow',
      panels: [
        panel('truth', nth(x, 0)),
        traces('recorded', condition),
        panel('mean, closed form', exact.mean),
        panel('mean of the flow', flow.mean),
        panel('deviation, closed form', exact.deviation, spread),
        panel('deviation of the flow', flow.deviation, spread),
      ],
    },
  ];
}

export const pictureOf = (rows: Parameters<typeof panels>[0]): Buffer => panels(rows);

/** Histograms of ranks, and coverage against level. */
export async function calibrationChart({ ranks, coverage }: Evaluation): Promise<Buffer> {
  const svg = await chart({
    hconcat: [
      ...Object.entries(ranks).map(([name, { counts, chiSquare }]) => ({
        title: `ranks of ${name}: χ² ${chiSquare.toFixed(1)} (1 %: ${limit})`,
        width: 240,
        height: 200,
        data: { values: counts.map((count, bin) => ({ bin: bin + 1, count })) },
        mark: 'bar' as const,
        encoding: {
          x: { field: 'bin', type: 'ordinal' as const, title: `rank of the truth, in ${bins} bins` },
          y: { field: 'count', type: 'quantitative' as const, title: 'held-out sections' },
        },
      })),
      {
        title: 'coverage of central intervals',
        width: 200,
        height: 200,
        data: { values: Object.entries(coverage).map(([level, share]) => ({ level: Number(level), share })) },
        layer: [
          {
            data: { values: [{ level: 0 }, { level: 1 }] },
            mark: { type: 'line' as const, color: 'grey' },
            encoding: {
              x: { field: 'level', type: 'quantitative' as const },
              y: { field: 'level', type: 'quantitative' as const },
            },
          },
          {
            mark: { type: 'point' as const, filled: true, size: 60 },
            encoding: {
              x: { field: 'level', type: 'quantitative' as const, title: 'level' },
              y: { field: 'share', type: 'quantitative' as const, title: 'share of pixels inside' },
            },
          },
        ],
      },
    ],
  });
  return rasterize(svg);
}
