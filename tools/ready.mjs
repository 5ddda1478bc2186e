import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs and builds what is missing or out of date, with a word each; nothing where all is there. */
export function ready() {
  if (!isInstalled()) quietly('Installing what it needs, once …', ['run', '-s', 'setup']);
  if (!isBuilt()) quietly('Building …', ['run', '-s', 'build']);
}

/** Every package of the lock file is there in its version; those for other platforms need not be. */
function isInstalled() {
  const found = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(found)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packagesOf(found);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, { version, optional, peer, link }]) =>
      !path.startsWith('node_modules/') || optional || peer || link || there[path]?.version === version,
  );
}

/** No source is newer than what was built last. */
function isBuilt() {
  return ['core', 'layers-tfjs'].every((name) => {
    const folder = join(root, 'packages', name);
    const built = join(folder, 'dist/index.d.cts');
    const sources = ['package.json', 'tsdown.config.ts'].map((file) => join(folder, file));
    return existsSync(built) && newest([join(folder, 'src'), ...sources]) <= statSync(built).mtimeMs;
  });
}

/** When a file of these, or in these folders, was changed last. */
function newest(paths) {
  const times = paths.map((path) => {
    const { mtimeMs } = statSync(path);
    return statSync(path).isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : mtimeMs;
  });
  return Math.max(0, ...times);
}

/** Runs npm, and shows what it prints only when it fails. */
function quietly(word, args) {
  console.error(word);
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ready();
