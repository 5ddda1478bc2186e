import type { Shape } from '../bijection';
import { show } from '../errors';
import { outside, type Step } from './graph-steps';

/** Sizes in pixels: of a lane and a row, and of the box of a map. */
const [lane, row, width, height, margin] = [180, 64, 150, 30, 24];

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** What a box has room for. */
const shortened = (name: string) => (name.length > 22 ? `${name.slice(0, 21)}…` : name);

interface Track {
  name: string;
  lane: number;
  from: number;
}

/**
 * A graph as SVG: time runs downwards, each place is a line from where it is reached to where it is left, each map a box on its line;
 * conditions are dashed.
 */
export function drawn(first: string, steps: readonly Step[], shapes: ReadonlyMap<string, Shape>): string {
  const live = new Map<string, Track>([[first, { name: first, lane: 0, from: 0 }]]);
  const [lines, boxes]: [string[], string[]] = [[], []];
  const x = (of: number) => margin + width / 2 + of * lane;
  const y = (at: number) => margin + 10 + at * row;
  const line = (x1: number, y1: number, x2: number, y2: number, dashed = '') =>
    lines.push(`<path d="M${x1} ${y1}L${x2} ${y2}"${dashed && ' stroke-dasharray="4 4"'}/>`);
  const label = (name: string, at: number, of: number) =>
    boxes.push(
      `<text x="${x(of) + 6}" y="${y(at) + 36}">${escaped(`${name} ${show(shapes.get(name))}`)}</text>`,
    );
  const leave = (name: string, at: number): number => {
    const track = live.get(name) ?? { name, lane: 0, from: at };
    line(x(track.lane), y(track.from), x(track.lane), y(at));
    live.delete(name);
    return track.lane;
  };
  let widest = 0;
  const reach = (name: string, at: number, wanted?: number): number => {
    const taken = new Set([...live.values()].map((track) => track.lane));
    let own = wanted ?? 0;
    while (taken.has(own)) own++;
    live.set(name, { name, lane: own, from: at });
    widest = Math.max(widest, own);
    label(name, at, own);
    return own;
  };
  label(first, 0, 0);
  for (const [i, step] of steps.entries()) {
    const at = i + 1;
    const before = [step.from].flat().map((name) => leave(name, at));
    const [left = 0] = before;
    for (const from of before) line(x(from), y(at), x(left), y(at));
    for (const [k, name] of [step.to].flat().entries())
      line(x(left), y(at), x(reach(name, at, k === 0 ? left : undefined)), y(at));
    if (step.kind !== 'through') continue;
    const side = step.given === outside ? x(widest + 1) : x(live.get(step.given ?? '')?.lane ?? left);
    if (step.given !== undefined) line(side, y(at), x(left), y(at), 'dashed');
    if (step.given === outside) boxes.push(`<text x="${side + 6}" y="${y(at) + 4}">${outside}</text>`);
    boxes.push(
      `<rect x="${x(left) - width / 2}" y="${y(at) - height / 2}" width="${width}" height="${height}" rx="6"/>`,
      `<text x="${x(left)}" y="${y(at) + 4}" text-anchor="middle">${escaped(shortened(step.b.name))}</text>`,
    );
  }
  const last = steps.length + 1;
  for (const name of [...live.keys()]) leave(name, last);
  const conditioned = steps.some((step) => step.kind === 'through' && step.given === outside);
  const [w, h] = [x(widest + (conditioned ? 1 : 0)) + width / 2 + margin, y(last) + margin];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<g fill="none" stroke="#555" stroke-width="1.5">${lines.join('')}</g>`,
    `<g fill="#222">${boxes.join('').replaceAll('<rect', '<rect fill="#dbe8f5" stroke="#4a78a8"')}</g>`,
    '</svg>',
  ].join('\n');
}
