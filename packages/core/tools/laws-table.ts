import type { Result } from '../test/backends/check';
import { type Case, nameOf } from '../test/zoo/case';

/** A line for each case and a column for each law, "ok" or "broken"; what is broken, with its error and bar, stands below its line. */
export function tableOf(cases: readonly Case[], results: readonly Result[]): string {
  const areBijections = (at: Case) => at.laws.includes('inverse');
  return [
    ['bijection', cases.filter(areBijections)] as const,
    ['conditioner', cases.filter((at) => !areBijections(at))] as const,
  ]
    .filter(([, group]) => group.length > 0)
    .map(([head, group]) => oneTable(head, group, results).join('\n'))
    .join('\n\n');
}

function oneTable(head: string, cases: readonly Case[], results: readonly Result[]): string[] {
  const laws = [...new Set(cases.flatMap((at) => at.laws))];
  const width = Math.max(head.length, ...cases.map((at) => nameOf(at).length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell, i) => cell.padEnd(Math.max(6, laws[i]!.length)))]
      .join('  ')
      .trimEnd();
  const rows = cases.flatMap((at) => {
    const found = new Map(
      results.filter(({ name }) => name === nameOf(at)).map(({ law, broken }) => [law, broken]),
    );
    const cells = laws.map((law) => {
      const broken = found.get(law);
      if (!broken) return '';
      return broken.length > 0 ? 'broken' : 'ok';
    });
    const complaints = [...found].flatMap(([law, broken]) => broken.map((text) => `    ${law}: ${text}`));
    return [line(nameOf(at), cells), ...complaints];
  });
  return [line(head, laws), ...rows];
}
