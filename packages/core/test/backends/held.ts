import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { kinds } from '../zoo';
import type { Result } from './check';
import { root } from './root';

const file = resolve(root, 'packages/core/test/backends/held.json');

/** Entries of the zoo, and the backends on which all their laws held when it was recorded. */
const read = (): Record<string, string[]> => JSON.parse(readFileSync(file, 'utf8'));

const entries = [...new Set(kinds.map(({ of }) => of))].sort();

/** Kinds of bijections that were asked, and broke no law. */
export const holding = (results: readonly Result[]): string[] =>
  entries.filter((entry) => {
    const own = results.filter(({ of }) => of === entry);
    return own.length > 0 && own.every(({ broken }) => broken.length === 0);
  });

/** Entries recorded as holding on a backend. */
export const recorded = (backend: string): string[] =>
  Object.entries(read())
    .filter(([, backends]) => backends.includes(backend))
    .map(([entry]) => entry)
    .sort();

/** Writes down which of the entries that were asked hold on a backend. */
export function record(backend: string, results: readonly Result[]): void {
  const before = read();
  const [asked, held] = [new Set(results.map(({ of }) => of)), new Set(holding(results))];
  const lines = entries.map((entry) => {
    const others = (before[entry] ?? []).filter((name) => name !== backend || !asked.has(entry));
    const backends = held.has(entry) ? [...others, backend].sort() : others;
    return `  ${JSON.stringify(entry)}: [${backends.map((name) => JSON.stringify(name)).join(', ')}]`;
  });
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}

/** The backends on which all entries of a kind are recorded as holding; none where the zoo has no such entry. */
export function backendsOf(kind: string): string[] {
  const own = Object.entries(read()).filter(
    ([entry]) => entry.split(/[ ,]/, 1)[0] === kind || entry === `inverse of ${kind}`,
  );
  const [first, ...rest] = own.map(([, backends]) => backends);
  return (first ?? []).filter((backend) => rest.every((backends) => backends.includes(backend)));
}
