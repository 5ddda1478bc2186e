import { everyRank, type Metadata } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import { backendsOf } from '../../core/test/backends/held';

const [begin, end] = ['<!-- layers: begin -->', '<!-- layers: end -->'];

/** Numbers of spatial axes as people read them. */
const ranks = ({ axes = everyRank }: Metadata): string => {
  const most = Math.max(...axes);
  return axes.includes(0) ? `vectors, 1–${most} axes` : `${Math.min(...axes)}–${most} axes`;
};

/** Where all laws of a kind were seen to hold: `npm run laws -- --all --record` writes it down. */
function backends(kind: string): string {
  const held = backendsOf(kind);
  return ['cpu', 'wasm', 'webgpu', 'webgl'].every((name) => held.includes(name)) ? 'all' : held.join(', ');
}

/** The metadata of every layer of the package, as the code has it. */
const layers = Object.entries(inn)
  .flatMap(([name, f]): [string, Metadata][] =>
    typeof f === 'function' && 'metadata' in f ? [[name, f.metadata as Metadata]] : [],
  )
  .sort(([a], [b]) => a.localeCompare(b));

/** What the table says of one layer, as a sentence. */
export function facts(layer: string): string {
  const [, about] = layers.find(([name]) => name === layer) ?? [];
  if (!about) throw new Error(`There is no layer ${layer}.`);
  return `Log-determinant: ${about.logDet}. Inputs: ${ranks(about)}. Backends: ${backends(layer)}.`;
}

function table(): string {
  const rows = layers.map(([name, about]) => [
    `[\`${name}\`](${name === 'split' ? '../api/layers-tfjs/variables/split' : `./${name}`}.md)`,
    about.source,
    about.logDet.replaceAll('|', '\\|'),
    ranks(about),
    backends(name),
  ]);
  const all = [['layer', 'formula', 'log-det', 'ranks', 'backends'], ...rows];
  const widths = all[0]!.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(all[0]!), line(widths.map((n) => '-'.repeat(n))), ...all.slice(1).map(line)].join('\n');
}

/** A page with the table between its two marks made anew. */
export function withTable(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no lines ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${table()}\n\n${page.slice(to)}`;
}
