import { PNG } from 'pngjs';
import { rasterize } from '../raster';
import { inWords, type Result, type Test } from './evaluate';
import type { Problem } from './problem';

/** Pixels of an image on the page, and of what stands around it. */
const [width, gap, lines, bar] = [150, 10, 30, 70];
const font = 'font-family="DejaVu Sans"';

type Colour = readonly [red: number, green: number, blue: number];
type Palette = (share: number) => Colour;

const grey: Palette = (share) => [255 * share, 255 * share, 255 * share];

/** Blue below the middle, white in it, red above. */
const diverging: Palette = (share) => {
  const t = 2 * share - 1;
  const [blue, red]: Colour[] = [
    [33, 102, 172],
    [178, 24, 43],
  ];
  const end = (t < 0 ? blue : red) ?? [0, 0, 0];
  const mix = (c: number) => 255 + (c - 255) * Math.abs(t);
  return [mix(end[0]), mix(end[1]), mix(end[2])];
};

interface Panel {
  title: string;
  /** A second line of the title. */
  below?: string;
  pixels: Float32Array;
  shape: readonly [rows: number, columns: number];
  palette: Palette;
  range: readonly [low: number, high: number];
}

interface Row {
  panels: readonly Panel[];
  /** What the colours of the row mean, at its right. */
  scale: { title: string; palette: Palette; range: readonly [number, number] };
}

/** Two rows for each test: images of all methods, and their errors. */
export function picture(problem: Problem, tests: readonly Test[], results: readonly Result[]): Buffer {
  const error = 0.25 * (problem.range[1] - problem.range[0]);
  const rows = tests.flatMap(({ name, shape, dataShape, truth, data }): Row[] => {
    const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const own = results.filter(({ test }) => test === name);
    const image = { shape, palette: grey, range: problem.range };
    const dataRange = [problem.signed ? -largest : 0, largest] as const;
    const images: Panel[] = [
      { title: 'truth', below: name, pixels: truth, ...image },
      {
        title: 'data',
        below: `${sizes(dataShape)} ${problem.axes}`,
        pixels: data,
        shape: dataShape,
        palette: grey,
        range: dataRange,
      },
      ...own.map(({ method, shown }) => ({
        title: method,
        below: inWords(shown.quality),
        pixels: shown.pixels,
        ...image,
      })),
    ];
    const errors = own.map(({ method, shown: { pixels } }) => ({
      title: `error of ${method.replace(/, .*/, '')}`,
      below: method.replace(/^[^,]*(, )?/, ''),
      pixels: pixels.map((v, i) => v - (truth[i] ?? 0)),
      ...{ shape, palette: diverging, range: [-error, error] as const },
    }));
    const blank = { title: '', pixels: new Float32Array(0), shape, palette: grey, range: [0, 1] as const };
    return [
      {
        panels: images,
        scale: { title: problem.signed ? 'coefficient' : 'intensity', palette: grey, range: problem.range },
      },
      {
        panels: [blank, blank, ...errors],
        scale: { title: 'error', palette: diverging, range: [-error, error] },
      },
    ];
  });
  return draw(problem.title, rows);
}

const sizes = ([rows, columns]: readonly [number, number]) => `${rows} × ${columns}`;

function draw(title: string, rows: readonly Row[]): Buffer {
  const parts = [text(gap, 20, 15, `${title}. Under the methods: PSNR and SSIM of the image shown`)];
  let top = 30;
  for (const { panels, scale } of rows) {
    const [first] = panels;
    const height = first ? (width * first.shape[0]) / first.shape[1] : width;
    panels.forEach((panel, k) => {
      const left = gap + k * (width + gap);
      if (panel.pixels.length > 0) parts.push(panelOf(panel, { left, top, height }));
    });
    const left = gap + panels.length * (width + gap);
    parts.push(scaleOf(scale, { left, top: top + lines, height }));
    top += lines + height + gap;
  }
  const columns = rows[0]?.panels.length ?? 0;
  const wide = gap + columns * (width + gap) + bar;
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${top}">${parts.join('')}</svg>`;
  return rasterize(page, { scale: 1.2 });
}

interface Place {
  left: number;
  top: number;
  height: number;
}

const text = (x: number, y: number, size: number, words: string) =>
  `<text x="${x}" y="${y}" font-size="${size}" ${font}>${words}</text>`;

const raster = (
  { pixels, shape: [rows, columns], palette, range }: Pick<Panel, 'pixels' | 'shape' | 'palette' | 'range'>,
  { left, top, height }: Place,
  wide = width,
): string => {
  const png = new PNG({ width: columns, height: rows });
  for (const [k, v] of pixels.entries()) {
    const share = Math.min(1, Math.max(0, (v - range[0]) / (range[1] - range[0])));
    png.data.set([...palette(share).map(Math.round), 255], 4 * k);
  }
  const href = `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
  const box = `x="${left}" y="${top}" width="${wide}" height="${height}"`;
  return `<image ${box} preserveAspectRatio="none" image-rendering="optimizeSpeed" href="${href}"/>`;
};

const panelOf = (panel: Panel, { left, top, height }: Place): string =>
  text(left, top + 12, 11, panel.title) +
  text(left, top + 25, 11, panel.below ?? '') +
  raster(panel, { left, top: top + lines, height });

/** A bar of the colours with the numbers of its ends. */
function scaleOf({ title, palette, range }: Row['scale'], { left, top, height }: Place): string {
  const steps = 64;
  const pixels = Float32Array.from({ length: steps }, (_, k) => 1 - k / (steps - 1));
  const ramp = { pixels, shape: [steps, 1] as const, palette, range: [0, 1] as const };
  const [low, high] = range;
  return (
    raster(ramp, { left, top, height }, 12) +
    text(left, top - 6, 11, title) +
    text(left + 16, top + 10, 11, String(high)) +
    text(left + 16, top + height, 11, String(low))
  );
}
