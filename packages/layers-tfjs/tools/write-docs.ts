import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { factories } from './factories';

const root = new URL('../../../', import.meta.url);
writeFileSync(new URL('packages/layers-tfjs/src/factories.ts', root), factories(fileURLToPath(root)));

// The table reads the factories as they are from now on.
const { withTable } = await import('./layers-table');
const page = new URL('docs/layers/index.md', root);
writeFileSync(page, withTable(readFileSync(page, 'utf8')));
