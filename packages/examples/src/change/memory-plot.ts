import { chart } from '../chart';
import { rasterize } from '../raster';
import { type Footprint, ofTheTalk } from './memory';

const names = {
  storedPeak: 'stored, peak in tfjs, which keeps cotangents to the end',
  stored: 'stored, what the forward pass leaves',
  reversible: 'reversible, peak',
} as const;
type Name = keyof typeof names;
const series = Object.keys(names) as Name[];

/** Bytes that each further voxel takes: the slope between the two largest volumes that were measured. */
export function perVoxel(measured: readonly Footprint[], name: Name): number {
  const [a, b] = measured.slice(-2);
  return a && b ? (b[name] - a[name]) / (b.voxels - a.voxels) : Number.NaN;
}

/** What was measured, and where the volume of the talk lies on the lines through it. */
export async function memoryPlot(measured: readonly Footprint[], title: string): Promise<Buffer> {
  const points = series.flatMap((name) =>
    measured.map((f) => ({ voxels: f.voxels, gigabytes: f[name] / 1e9, what: names[name] })),
  );
  const lines = series.flatMap((name) =>
    [measured[0]?.voxels ?? 1, ofTheTalk].map((voxels) => ({
      voxels,
      gigabytes: (perVoxel(measured, name) * voxels) / 1e9,
      what: names[name],
    })),
  );
  const talk = [17, 307].map((gigabytes) => ({ voxels: ofTheTalk, gigabytes, label: `${gigabytes} GB` }));
  const axes = {
    x: {
      field: 'voxels',
      type: 'quantitative',
      scale: { type: 'log' },
      axis: { title: 'voxels of the volume', format: '~s' },
    },
    y: {
      field: 'gigabytes',
      type: 'quantitative',
      scale: { type: 'log' },
      axis: { title: 'activations of a training step, GB', format: '~g' },
    },
  } as const;
  const color = {
    field: 'what',
    type: 'nominal',
    title: null,
    scale: { domain: series.map((name) => names[name]), range: ['#b9a3d6', '#d95f02', '#1b7f5f'] },
    legend: { orient: 'bottom', columns: 1, labelLimit: 500 },
  } as const;
  const svg = await chart({
    title,
    width: 520,
    height: 340,
    layer: [
      { data: { values: lines }, mark: { type: 'line', strokeDash: [5, 3] }, encoding: { ...axes, color } },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 60 },
        encoding: { ...axes, color },
      },
      {
        data: { values: talk },
        mark: { type: 'point', shape: 'cross', filled: true, size: 130, color: 'black' },
        encoding: axes,
      },
      {
        data: { values: talk },
        mark: { type: 'text', align: 'right', dx: -12, dy: -4, fontSize: 12 },
        encoding: { ...axes, text: { field: 'label', type: 'nominal' } },
      },
    ],
  });
  return rasterize(svg);
}
