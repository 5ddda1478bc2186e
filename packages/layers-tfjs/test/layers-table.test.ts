import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as inn from '@invertible/layers-tfjs';

const root = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

/** Backends of each entry of core's zoo on which all its laws held. */
const held = Object.entries<string[]>(JSON.parse(read('packages/core/test/backends/held.json')));

const [, table] = /<!-- layers: begin -->([\s\S]*)<!-- layers: end -->/.exec(read('docs/layers/index.md'))!;
/** Kind and backends of each row of the table of layers. */
const rows = [...table!.matchAll(/^\| \[`(\w+)`\].* \| ([a-z, ]+?) +\|$/gm)].map(
  ([, kind, backends]): [string, string] => [kind!, backends!],
);

test('the table has a row for every kind of layer', () => {
  const kinds = Object.entries(inn).filter(([, f]) => typeof f === 'function' && 'metadata' in f);
  expect(rows.map(([kind]) => kind)).toEqual(expect.arrayContaining(kinds.map(([name]) => name)));
});

test.each(rows)('the results show what the table claims of %s: %s', (kind, claim) => {
  const backends = claim === 'all' ? ['cpu', 'wasm', 'webgpu', 'webgl'] : claim.split(', ');
  const own = held.filter(([entry]) => new RegExp(`^(inverse of )?${kind}(?!\\w)`).test(entry));
  expect(own).not.toEqual([]);
  for (const [entry, seen] of own) expect([entry, seen]).toEqual([entry, expect.arrayContaining(backends)]);
});
