import { PNG } from 'pngjs';
import { scheme } from 'vega';
import { rasterize } from '../raster';

/** Colours, and the numbers at their ends. */
export interface Scale {
  colours: 'redblue' | 'viridis' | 'greys';
  low: number;
  high: number;
}

/** A square image with a title and a scale of colours. */
export interface Panel {
  title: string;
  values: ArrayLike<number>;
  scale: Scale;
  /** Columns without data, which are grey. */
  missing?: (column: number) => boolean;
}

const [cell, gap, head, foot] = [150, 20, 38, 34];

/** Rows of panels under headings, as a PNG. */
export function panels(rows: readonly { heading: string; panels: readonly Panel[] }[]): Buffer {
  const columns = Math.max(...rows.map((row) => row.panels.length));
  const [width, height] = [gap + columns * (cell + gap), head + cell + foot];
  const parts = rows.flatMap(({ heading, panels: all }, r) => {
    const top = r * (height + 24) + 24;
    return [
      text(gap, top, heading, { size: 13 }),
      ...all.map((panel, k) => drawn(panel, gap + k * (cell + gap), top + 12)),
    ];
  });
  const all = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${rows.length * (height + 24) + 10}">`;
  return rasterize(`${all}${parts.join('')}</svg>`);
}

function drawn({ title, values, scale, missing }: Panel, left: number, top: number): string {
  const side = Math.sqrt(values.length);
  const at = colourOf(scale);
  const pixels = Array.from(values, (v, p) => (missing?.(p % side) ? [214, 214, 214] : at(v)));
  const bar = Array.from({ length: 64 }, (_, k) => at(scale.low + ((scale.high - scale.low) * k) / 63));
  const y = top + head - 18;
  return [
    text(left, top + 14, title, { size: 11 }),
    image(pixels, side, { left, top: y, width: cell, height: cell }),
    `<rect x="${left}" y="${y}" width="${cell}" height="${cell}" fill="none" stroke="#444" stroke-width="0.6"/>`,
    image(bar, 64, { left: left + 34, top: y + cell + 6, width: cell - 68, height: 7 }),
    text(left + 30, y + cell + 13, show(scale.low), { size: 9, anchor: 'end' }),
    text(left + cell - 30, y + cell + 13, show(scale.high), { size: 9 }),
  ].join('');
}

const show = (n: number) => String(Number(n.toPrecision(2))).replace('-', '−');

/** Red, green and blue of a number. Seismic sections are red where positive. */
function colourOf({ colours, low, high }: Scale): (v: number) => number[] {
  const colour: (t: number) => string = scheme(colours);
  return (v) => {
    const t = Math.min(1, Math.max(0, (v - low) / (high - low)));
    const [r = 0, g = 0, b = 0] = (colour(colours === 'redblue' ? 1 - t : t).match(/\d+/g) ?? []).map(Number);
    return [r, g, b];
  };
}

function image(
  pixels: readonly number[][],
  columns: number,
  { left, top, width, height }: Record<'left' | 'top' | 'width' | 'height', number>,
): string {
  const png = new PNG({ width: columns, height: pixels.length / columns });
  pixels.forEach((rgb, p) => {
    png.data.set([...rgb, 255], 4 * p);
  });
  const data = PNG.sync.write(png).toString('base64');
  return `<image x="${left}" y="${top}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`;
}

const text = (
  x: number,
  y: number,
  words: string,
  { size, anchor = 'start' }: { size: number; anchor?: string },
) =>
  `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" font-family="DejaVu Sans">${words}</text>`;
