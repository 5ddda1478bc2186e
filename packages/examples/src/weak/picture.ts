import * as tf from '@tensorflow/tfjs';
import { chart } from '../chart';
import { floatsOf } from '../measure';
import { rasterize } from '../raster';
import { charts } from './charts';
import { columns, height, rows, type Scene, slices, width } from './scene';
import { titles } from './supervision';
import { type Colour, tinted } from './tinted';
import type { Outcome } from './train';

const [zoom, margin, titled] = [1.9, 14, 24];
const [cellWidth, cellHeight] = [width * zoom, height * zoom];
const [size, pixels] = [rows * columns, height * width];

const right: Colour = [0, 200, 180];
const wrong: Colour = [240, 40, 40];
const missed: Colour = [255, 200, 0];

/** A row of slices under a title. */
interface Row {
  title: string;
  tint: (voxel: number) => Colour | undefined;
  /** What is drawn over each slice. */
  over?: (slice: number) => string;
}

const text = (x: number, y: number, words: string, style = 'font-size="13"') =>
  `<text x="${x}" y="${y}" font-family="DejaVu Sans" ${style}>${words}</text>`;

/** The slices with their truth and the points given, what each way of training makes of them, and charts of the way there. */
export async function picture(scene: Scene, outcomes: readonly Outcome[]): Promise<Buffer> {
  const t1 = await floatsOf(tf.mul(tf.slice(scene.input, 0, [-1, -1, -1, 1]), 0.8));
  const truth = await floatsOf(tf.clone(scene.truth));
  const points = await floatsOf(tf.clone(scene.points));
  const seen: Row = {
    title:
      'T1-weighted slices, the truth tinted; red: the points given; below: bounds on the area, as parts of a slice',
    tint: (voxel) => (truth[voxel] ? right : undefined),
    over: (slice) => known(scene, points, slice),
  };
  const results = outcomes.map(({ supervision, iou, output }): Row => {
    const verdict = (voxel: number): Colour | undefined => {
      const [is, taken] = [truth[voxel] === 1, (output[voxel] ?? 0) > 0.5];
      if (is) return taken ? right : missed;
      return taken ? wrong : undefined;
    };
    const figures = `IoU of the brain ${iou.brain.toFixed(2)}, of the rest ${iou.other.toFixed(2)}`;
    return { title: `${titles[supervision]}: ${figures}`, tint: verdict };
  });
  const parts: string[] = [];
  let top = margin;
  for (const row of [seen, ...results]) {
    parts.push(text(margin, top + 15, row.title), slicesOf(row, t1, top + titled));
    top += titled + cellHeight + margin + (row.over ? 16 : 0);
  }
  const key =
    'turquoise: brain, and taken for it; red: not brain, but taken for it; yellow: brain that is missed';
  parts.push(text(margin, top + 4, key, 'font-size="11" fill="#555"'));
  top += 22;
  const figures = (await chart(charts(scene, outcomes))).replace('<svg', `<svg x="${margin}" y="${top}"`);
  top += Number(/height="(\d+)/.exec(figures)?.[1] ?? 0) + margin;
  const wide = slices.length * cellWidth + 2 * margin;
  const body = [...parts, figures].join('');
  return rasterize(`<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${top}">${body}</svg>`, {
    scale: 1,
  });
}

function slicesOf({ tint, over }: Row, t1: Float32Array, top: number): string {
  const images = slices.map((_, s) => {
    const href = tinted(t1.subarray(s * pixels, (s + 1) * pixels), (voxel) => tint(s * size + voxel));
    const box = `width="${cellWidth}" height="${cellHeight}"`;
    const drawn = `<image ${box} image-rendering="optimizeSpeed" href="${href}"/>${over?.(s) ?? ''}`;
    return `<g transform="translate(${margin + s * cellWidth} ${top})">${drawn}</g>`;
  });
  return images.join('');
}

/** The points of a slice, and its bounds. */
function known({ area }: Scene, points: Float32Array, slice: number): string {
  const dots = Array.from({ length: size }, (_, i) => i)
    .filter((i) => points[slice * size + i])
    .map((i) => {
      const [x, y] = [((i % columns) + 0.5) * 2 * zoom, (Math.floor(i / columns) + 0.5) * 2 * zoom];
      return `<circle cx="${x}" cy="${y}" r="3.5" fill="#e02020" stroke="white"/>`;
    });
  const percent = (part = 0) => Math.round(100 * part);
  const bounds = `${percent(area.least[slice])} to ${percent(area.most[slice])} %`;
  return dots.join('') + text(cellWidth / 2, cellHeight + 13, bounds, 'font-size="11" text-anchor="middle"');
}
