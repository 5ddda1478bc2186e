import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Writes what each script says to --help into a file, which is shown where nothing is installed. */
const folder = new URL('../', import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
mkdirSync(new URL('help/', folder), { recursive: true });
for (const [name, script] of Object.entries(scripts)) {
  const [, ...words] = script.split(' ');
  const options = { cwd: fileURLToPath(folder), encoding: 'utf8' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, '--help'], options);
  if (status !== 0) throw new Error(`${name} --help: ${stderr}`);
  writeFileSync(new URL(`help/${name.replace(':', '-')}.txt`, folder), stdout);
}
