import type { Frame, Subject, Trip } from '../../protocol';
import { cells, pointsOfLine, type Square, type Stroke } from '../../protocol';
import { colour } from '../colours';
import { drawDots, drawLines, drawMark, heatMap, planeOf } from '../plane';
import type { Sheet } from '../sheet';

/** All that the two sheets show. */
export interface Shown {
  subject?: Subject | undefined;
  frame?: Frame | undefined;
  trip?: Trip | undefined;
  layers(): ReadonlySet<string>;
  /** Of a drawing. */
  strokes(): readonly Stroke[];
}

export const latentWindow: Square = [
  [-3.4, 3.4],
  [-3.4, 3.4],
];

/** The density of the flow, its bent grid, its samples and the data, those that are asked for. */
export function drawData(sheet: Sheet, { subject, frame, trip, ...shown }: Shown): void {
  const layers = shown.layers();
  const { context, width, height } = sheet;
  if (subject && frame) {
    const plane = planeOf(sheet, subject.window);
    context.imageSmoothingQuality = 'high';
    if (layers.has('density'))
      context.drawImage(heatMap(frame.logDensity, frame.side), 0, 0, width(), height());
    if (layers.has('grid')) {
      [context.strokeStyle, context.lineWidth] = [colour('grid'), 0.75];
      drawLines(sheet, plane, frame.grid, pointsOfLine);
    }
    if (layers.has('data')) {
      context.fillStyle = colour('dots');
      context.globalAlpha = 0.5;
      drawDots(sheet, plane, subject.points, 1.2);
      context.globalAlpha = 1;
    }
    if (layers.has('samples')) {
      context.fillStyle = colour('accent');
      drawDots(sheet, plane, frame.samples, 1.2);
    }
    if (trip) drawMark(sheet, plane, trip.x);
  }
  drawStrokes(sheet, shown.strokes());
}

/** The lines of a drawing, over all else. */
function drawStrokes({ context, width, height }: Sheet, strokes: readonly Stroke[]): void {
  [context.strokeStyle, context.lineWidth] = [colour('accent'), 1.5];
  [context.lineCap, context.lineJoin] = ['round', 'round'];
  context.beginPath();
  for (const stroke of strokes) {
    stroke.forEach(([x, y], i) => {
      const at = [(x / cells) * width(), (y / cells) * height()] as const;
      if (i === 0) context.moveTo(...at);
      context.lineTo(...at);
    });
  }
  context.stroke();
}

/** The data in the eyes of the flow, over circles of one, two and three deviations. */
export function drawLatents(sheet: Sheet, { frame, trip, ...shown }: Shown): void {
  const { context } = sheet;
  const plane = planeOf(sheet, latentWindow);
  const [left, top] = plane.toPixels(-3, 3);
  const side = plane.toPixels(3, 0)[0] - left;
  if (shown.layers().has('grid')) {
    [context.strokeStyle, context.lineWidth] = [colour('line'), 0.75];
    context.beginPath();
    for (let k = 0; k <= 12; k++) {
      const at = (k * side) / 12;
      context.moveTo(left, top + at);
      context.lineTo(left + side, top + at);
      context.moveTo(left + at, top);
      context.lineTo(left + at, top + side);
    }
    context.stroke();
  }
  [context.strokeStyle, context.lineWidth] = [colour('circles'), 1.5];
  for (const radius of [1, 2, 3]) {
    context.beginPath();
    context.arc(left + side / 2, top + side / 2, (radius * side) / 6, 0, 2 * Math.PI);
    context.stroke();
  }
  if (frame) {
    context.fillStyle = colour('heat');
    drawDots(sheet, plane, frame.latents, 1.4);
  }
  if (trip) drawMark(sheet, plane, trip.z);
}
