import { type GradientKind, gradientKinds } from '../../protocol';
import { colour } from '../colours';
import { type Sheet, sheetOn } from '../sheet';
import { megabytes } from './megabytes';

/** Bytes of a training step at a depth: predicted, and measured where it was. */
export interface Growth extends Record<GradientKind, number> {
  depth: number;
  measured: Partial<Record<GradientKind, number>>;
}

interface Shown {
  rows: readonly Growth[];
  limit: number;
}

const margin = { left: 62, right: 84, top: 12, bottom: 26 };
const [least, most] = [1e6, 1e10];

/** Memory against depth, both axes logarithmic: predictions as lines, measurements as dots. */
export function growthOn(canvas: HTMLCanvasElement, limit: number): (rows: readonly Growth[]) => void {
  let rows: readonly Growth[] = [];
  const sheet = sheetOn(canvas, (on) => draw(on, { rows, limit }));
  return (all) => {
    rows = all;
    sheet.redraw();
  };
}

function draw({ context, width, height }: Sheet, { rows, limit }: Shown): void {
  const x = (depth: number) => margin.left + (Math.log2(depth) / 8) * (width() - margin.left - margin.right);
  const y = (bytes: number) =>
    height() -
    margin.bottom -
    (Math.log(bytes / least) / Math.log(most / least)) * (height() - margin.top - margin.bottom);
  const level = (bytes: number, text: string) => {
    context.beginPath();
    context.moveTo(margin.left, y(bytes));
    context.lineTo(width() - margin.right, y(bytes));
    context.stroke();
    context.textAlign = 'right';
    context.fillText(text, margin.left - 8, y(bytes));
  };
  [context.font, context.textBaseline] = ['12px system-ui, sans-serif', 'middle'];
  [context.fillStyle, context.strokeStyle] = [colour('soft'), colour('line')];
  for (const bytes of [1e6, 1e7, 1e8, 1e9, 1e10]) level(bytes, megabytes(bytes));
  context.textAlign = 'center';
  for (const depth of [1, 4, 16, 64, 256]) context.fillText(String(depth), x(depth), height() - 10);
  context.setLineDash([4, 4]);
  context.strokeStyle = colour('soft');
  level(limit, '');
  context.setLineDash([]);
  context.textAlign = 'left';
  context.fillText('limit here', width() - margin.right + 8, y(limit));
  for (const kind of gradientKinds) {
    const ink = colour(kind === 'reversible' ? 'accent' : 'ink');
    [context.strokeStyle, context.fillStyle, context.lineWidth] = [ink, ink, 1.5];
    context.beginPath();
    for (const row of rows) context.lineTo(x(row.depth), y(row[kind]));
    context.stroke();
    for (const { depth, measured } of rows) {
      const bytes = measured[kind];
      if (bytes === undefined) continue;
      context.beginPath();
      context.arc(x(depth), y(bytes), 4, 0, 2 * Math.PI);
      context.fill();
    }
    const last = rows.at(-1);
    if (last) context.fillText(kind, x(last.depth) + 10, y(last[kind]));
  }
}
