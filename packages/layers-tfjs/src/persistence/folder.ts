import { refuse } from '@invertible/core';
import { refuseFile } from './refuse-file';

type Fs = typeof import('node:fs')['promises'];

/** Another save may be moving its old folder to the same place. */
const removal = { recursive: true, force: true, maxRetries: 10 } as const;

/** Node's own modules, asked for when they are needed: bundlers for browsers leave the imports alone. */
async function node(
  where: string,
): Promise<{ fs: Fs } & Pick<typeof import('node:path'), 'dirname' | 'join' | 'resolve'>> {
  const missing = (): never => {
    refuse(
      where,
      'Node for file://',
      'a browser',
      'Use indexeddb://, localstorage:// or downloads:// there.',
    );
  };
  const { promises: fs } = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs').catch(
    missing,
  );
  const { dirname, join, resolve } = await import(
    /* webpackIgnore: true */ /* @vite-ignore */ 'node:path'
  ).catch(missing);
  return { fs, dirname, join, resolve };
}

/**
 * Writes a folder of files as a whole: beside it first, as `….part-…`, then in its place. Whenever a crash comes, the folder
 * is the old one or the new one; between two renames the old one is `….replaced`, which `openFolder` knows.
 */
export async function writeFolder(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  const { fs, dirname, join, resolve } = await node(folder);
  const target = resolve(folder);
  await checkOwn(fs, target, Object.keys(files));
  const part = `${target}.part-${globalThis.crypto.randomUUID()}`;
  const old = `${target}.replaced`;
  try {
    await fs.mkdir(dirname(target), { recursive: true });
    await fs.mkdir(part);
    for (const [name, bytes] of Object.entries(files))
      await fs.writeFile(join(part, name), bytes, { flush: true });
    await replace(fs, part, target, old);
  } catch (error) {
    await fs.rm(part, removal);
    throw error;
  }
  await fs.rm(old, removal);
}

const exists = (fs: Fs, path: string): Promise<boolean> =>
  fs.access(path).then(
    () => true,
    () => false,
  );

/** Puts a folder in the place of another, which becomes the old one. Other saves to the same place may come between. */
async function replace(fs: Fs, part: string, target: string, old: string): Promise<void> {
  const between = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);
  for (let round = 1; ; round++) {
    try {
      return await fs.rename(part, target);
    } catch (error) {
      if (round === 10) throw error;
    }
    // An old one is given up only for one that is whole.
    if (!(await exists(fs, target))) continue;
    await fs.rm(old, removal);
    await fs.rename(target, old).catch((error: NodeJS.ErrnoException) => {
      if (!between.has(error.code ?? '')) throw error;
    });
  }
}

/** The folder is replaced as a whole, so it may hold nothing else. */
async function checkOwn(fs: Fs, target: string, names: string[]): Promise<void> {
  const there = await fs.readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const foreign = there.find((name) => !names.includes(name));
  if (foreign === undefined) return;
  refuse(
    target,
    'a folder for this model alone',
    `one that holds ${foreign}`,
    'Name a new folder: it is replaced as a whole.',
  );
}

export interface Folder {
  /** Refuses a file that is not there. */
  size(name: string): Promise<number>;
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** A folder for reading: the one of that name, or the one that a crash left beside it. */
export async function openFolder(folder: string): Promise<Folder> {
  const { fs, join, resolve } = await node(folder);
  const target = resolve(folder);
  const old = `${target}.replaced`;
  const from = !(await exists(fs, target)) && (await exists(fs, old)) ? old : target;
  const found = <T>(name: string, result: Promise<T>): Promise<T> =>
    result.catch(() => refuseFile(folder, `a file ${name}`, `no ${name}`));
  return {
    size: async (name) => (await found(name, fs.stat(join(from, name)))).size,
    read: async (name) => new Uint8Array(await found(name, fs.readFile(join(from, name)))),
  };
}
