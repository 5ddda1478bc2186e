import type * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { PNG } from 'pngjs';
import { rasterize } from '../raster';
import type { Trained } from './train';

const [side, margin, title] = [300, 14, 26];
const ink = [12, 52, 110] as const;

type Window = core.Dataset['window'];

/** One row per data set: points of the data, points of the flow, density of the flow. */
export async function picture(rows: { data: core.Dataset; trained: Trained }[]): Promise<Buffer> {
  const parts: string[] = [];
  for (const [row, { data, trained }] of rows.entries()) {
    const { flow, w } = trained;
    const panels = [
      [`${data.name}: data`, await scatter(data.sample(4000, { seed: 7 }), data.window)],
      ['samples of the flow', await scatter(flow.sample(4000, [2], { seed: 7, w }), data.window)],
      ['density of the flow', await heatMap((x) => flow.logProb(x, w), data.window)],
    ] as const;
    for (const [column, [text, content]] of panels.entries()) {
      const [x, y] = [margin + column * (side + margin), margin + row * (side + title + margin)];
      parts.push(
        `<text x="${x}" y="${y + 16}" font-size="14" font-family="DejaVu Sans">${text}</text>`,
        `<svg x="${x}" y="${y + title}" width="${side}" height="${side}">${content}</svg>`,
        `<rect x="${x}" y="${y + title}" width="${side}" height="${side}" fill="none" stroke="#999"/>`,
      );
    }
  }
  const [width, height] = [3 * (side + margin) + margin, rows.length * (side + title + margin) + margin];
  return rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`,
  );
}

async function scatter(points: tf.Tensor, [[left, right], [bottom, top]]: Window): Promise<string> {
  const xy = await points.data();
  points.dispose();
  const dots = Array.from({ length: xy.length / 2 }, (_, i) => {
    const x = (side * (xy[2 * i]! - left)) / (right - left);
    const y = (side * (top - xy[2 * i + 1]!)) / (top - bottom);
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="0.9"/>`;
  });
  return `<g fill="rgb(${ink})" fill-opacity="0.55">${dots.join('')}</g>`;
}

/** White where there is nothing, ink where the density is at the 99th percentile of its cells or above. */
async function heatMap(
  logProb: (x: tf.Tensor) => tf.Tensor,
  [[left, right], [bottom, top]]: Window,
  cells = 200,
): Promise<string> {
  const centres = Array.from({ length: cells ** 2 }, (_, k) => [
    left + ((right - left) * ((k % cells) + 0.5)) / cells,
    top - ((top - bottom) * (Math.floor(k / cells) + 0.5)) / cells,
  ]);
  const density = tf.tidy(() => tf.exp(logProb(tf.tensor2d(centres))));
  const p = await density.data();
  density.dispose();
  const most = Float32Array.from(p).sort()[Math.floor(0.99 * p.length)]!;
  const png = new PNG({ width: cells, height: cells });
  for (const [k, value] of p.entries()) {
    const share = Math.min(1, value / most);
    png.data.set([...ink.map((c) => Math.round(255 + (c - 255) * share)), 255], 4 * k);
  }
  const href = `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
  return `<image width="${side}" height="${side}" href="${href}"/>`;
}
