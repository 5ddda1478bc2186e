import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ready } from './ready.mjs';

/** Runs an example or a benchmark by the name of its script; its help needs nothing installed. */
const [name = '', ...args] = process.argv.slice(2);
// `npm start -- --help | head`: nobody reads on.
process.stdout.on('error', () => process.exit());
const folder = new URL('../packages/examples/', import.meta.url);

if (args.some((arg) => arg === '--help' || arg === '-h')) {
  process.stdout.write(readFileSync(new URL(`help/${name.replace(':', '-')}.txt`, folder), 'utf8'));
} else {
  ready();
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const entry = new URL(scripts[name].split(' ').at(-1), folder);
  // In this very process: a child would have to be told of every signal.
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('tsconfig.json', folder)) });
  process.argv.splice(1, 2, fileURLToPath(entry));
  await import(entry.href);
}
