import type { TopLevelSpec } from 'vega-lite';
import type { Scene } from './scene';
import { titles } from './supervision';
import type { Outcome } from './train';

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

const step = { field: 'step', type: 'quantitative', title: 'step' } as const;
const colour = {
  field: 'by',
  type: 'nominal',
  title: null,
  sort: Object.values(titles),
  scale: { range: ['#888888', '#d08000', '#00796b'] },
  legend: { labelLimit: 400 },
} as const;

/** Over training: the area that is taken for brain against its bounds, and the IoU. */
export function charts({ area }: Scene, outcomes: readonly Outcome[]): TopLevelSpec {
  const values = outcomes.flatMap(({ supervision, curve }) =>
    curve.iou.map((iou, n) => ({ by: titles[supervision], step: n, iou, area: 100 * (curve.area[n] ?? 0) })),
  );
  const band = [{ low: 100 * mean(area.least), high: 100 * mean(area.most) }];
  const line = (field: string, title: string, domain: [number, number]) => ({
    mark: { type: 'line' as const, strokeWidth: 2 },
    encoding: {
      x: step,
      y: { field, type: 'quantitative' as const, title, scale: { domain } },
      color: colour,
    },
  });
  return {
    data: { values },
    hconcat: [
      {
        title: 'area against its bounds, all slices',
        width: 300,
        height: 170,
        layer: [
          {
            data: { values: band },
            mark: { type: 'rect', color: '#00796b', opacity: 0.2 },
            encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
          },
          line('area', 'taken for brain, %', [0, 100]),
        ],
      },
      { title: 'IoU of the brain', width: 300, height: 170, ...line('iou', 'IoU', [0, 1]) },
    ],
  };
}
