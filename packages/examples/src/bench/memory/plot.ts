import { chart } from '../../chart';
import { rasterize, writeFile } from '../../raster';
import type { Row } from './row';

/** Both gradients' memory against depth or size, as `path.svg` and `path.png`. */
export async function plot(
  rows: readonly Row[],
  along: 'depth' | 'size',
  title: string,
  path: string,
): Promise<void> {
  const values = rows.flatMap((r) => [
    { at: r[along], megabytes: r.reversible / 1e6, gradient: 'reversible' },
    { at: r[along], megabytes: r.stored / 1e6, gradient: 'stored activations' },
  ]);
  const svg = await chart({
    title,
    width: 460,
    height: 280,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative',
        scale: { type: 'log', base: 2 },
        axis: {
          title: along === 'depth' ? 'couplings' : 'side of the image, pixels',
          values: rows.map((r) => r[along]),
        },
      },
      y: {
        field: 'megabytes',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: 'peak activation memory of a training step, MB' },
      },
      color: { field: 'gradient', type: 'nominal', title: null, legend: { orient: 'top' } },
    },
  });
  writeFile(`${path}.svg`, svg);
  writeFile(`${path}.png`, rasterize(svg));
}
