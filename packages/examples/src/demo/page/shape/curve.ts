import { colour } from '../colours';
import { type Sheet, sheetOn } from '../sheet';
import type { Reading } from './readings';

type Scale = 'linear' | 'logarithmic';

const margin = { left: 40, right: 8, top: 10, bottom: 24 };

/** A curve of readings in nats against steps, drawn anew with each call. */
export function curveOn(canvas: HTMLCanvasElement): (readings: readonly Reading[], scale: Scale) => void {
  let [shown, axis]: [readonly Reading[], Scale] = [[], 'logarithmic'];
  const sheet = sheetOn(canvas, (on) => draw(on, shown, axis));
  return (readings, scale) => {
    [shown, axis] = [readings, scale];
    sheet.redraw();
  };
}

/** Ticks of an axis, and where on it a value lies: from 0 at its top to 1. */
function axisOf(scale: Scale, values: readonly number[]): { ticks: number[]; at: (value: number) => number } {
  if (scale === 'logarithmic') {
    const [least, most] = [Math.min(0.01, ...values), Math.max(1, ...values)];
    return { ticks: [0.01, 0.1, 1], at: (value) => Math.log(most / value) / Math.log(most / least) };
  }
  const [least, most] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
  const ticks = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return { ticks, at: (value) => (most - value) / Math.max(1, most - least) };
}

function draw({ context, width, height }: Sheet, readings: readonly Reading[], scale: Scale): void {
  // A gap may be measured as 0 or less.
  const values = readings.map(({ value }) => (scale === 'logarithmic' ? Math.max(value, 0.003) : value));
  const { ticks, at } = axisOf(scale, values.length > 0 ? values : [1]);
  const last = Math.max(200, readings.at(-1)?.step ?? 0);
  const x = (step: number) => margin.left + (step / last) * (width() - margin.left - margin.right);
  const y = (value: number) => margin.top + at(value) * (height() - margin.top - margin.bottom);
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillStyle = colour('soft');
  context.strokeStyle = colour('line');
  for (const tick of ticks) {
    context.beginPath();
    context.moveTo(margin.left, y(tick));
    context.lineTo(width() - margin.right, y(tick));
    context.stroke();
    context.fillText(String(tick), margin.left - 8, y(tick));
  }
  context.fillText(`${last} steps`, width() - margin.right, height() - 8);
  context.strokeStyle = colour('accent');
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.beginPath();
  for (const [i, { step }] of readings.entries()) context.lineTo(x(step), y(values[i] ?? 0));
  context.stroke();
}
