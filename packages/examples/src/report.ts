import { join } from 'node:path';
import { writeFile } from './raster';

export type Column<Row> = readonly [title: string, show: (row: Row) => string];

/** Lines that are shown as they come, and kept for a file. */
export function report() {
  const lines: string[] = [];
  const print = (text: string): void => {
    lines.push(text);
    console.log(text);
  };
  const line = (cells: string[]) => print(`| ${cells.join(' | ')} |`);
  return {
    print,
    /** Begins a Markdown table. The function that it returns adds a row. */
    table<Row>(columns: readonly Column<Row>[]): (row: Row) => void {
      line(columns.map(([title]) => title));
      line(columns.map(() => '---'));
      return (row) => line(columns.map(([, show]) => show(row)));
    },
    /** Writes `name.md`. */
    write: (folder: string, name: string): void =>
      writeFile(join(folder, `${name}.md`), `${lines.join('\n')}\n`),
  };
}

/** Writes figures for programs. */
export const writeJson = (path: string, figures: object): void =>
  writeFile(path, `${JSON.stringify(figures, null, 1)}\n`);

/** 12.3 MB */
export const megabytes = (n: number): string => `${(n / 1e6).toFixed(n < 1e6 ? 3 : 1)} MB`;

/** 1.00 (0.97–1.02) */
export const quartiles = ([low, median, high]: readonly [number, number, number]): string =>
  `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
