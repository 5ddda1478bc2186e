import { refuse } from '@invertible/core';
import { type Fs, partName, sweepable } from './parts';
import { refuseFile } from './refuse-file';

/** Another save may be moving its old folder to the same place. */
const removal = { recursive: true, force: true, maxRetries: 10 } as const;

type Path = Pick<typeof import('node:path'), 'basename' | 'dirname' | 'join' | 'resolve'>;

/** Node's own modules, asked for when they are needed: bundlers for browsers leave the imports alone. */
async function node(where: string): Promise<{ fs: Fs; hostname: () => string } & Path> {
  const missing = (): never => {
    refuse(
      where,
      'Node for file://',
      'a browser',
      'Use indexeddb://, localstorage:// or downloads:// there.',
    );
  };
  // Each with its own `catch`: bundlers let an import that may fail stand.
  const [{ promises: fs }, { basename, dirname, join, resolve }, { hostname }] = await Promise.all([
    import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs').catch(missing),
    import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:path').catch(missing),
    import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:os').catch(missing),
  ]);
  return { fs, hostname, basename, dirname, join, resolve };
}

/**
 * Writes a folder of files as a whole: beside it first, as `….part-…`, then in its place. Whenever a crash comes, the folder
 * is the old one or the new one; between two renames the old one is `….replaced`, which `openFolder` knows.
 */
export async function writeFolder(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  const { fs, hostname, dirname, basename, join, resolve } = await node(folder);
  const target = resolve(folder);
  await checkOwn(fs, target, Object.keys(files));
  const part = join(dirname(target), partName(basename(target), hostname()));
  const old = `${target}.replaced`;
  await fs.mkdir(dirname(target), { recursive: true });
  for (const left of await sweepable(fs, dirname(target), { of: basename(target), host: hostname() }))
    await fs.rm(join(dirname(target), left), removal);
  try {
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
  /** Refuses a file that is not there, or no file but a pipe, a device or a folder. */
  size(name: string): Promise<number>;
  /** Refuses one that is larger than that before it is read. Default: any size. */
  read(name: string, largest?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A folder for reading: the one of that name, or the one that a crash left beside it. */
export async function openFolder(folder: string): Promise<Folder> {
  const { fs, join, resolve } = await node(folder);
  const target = resolve(folder);
  const old = `${target}.replaced`;
  const from = !(await exists(fs, target)) && (await exists(fs, old)) ? old : target;
  const found = <T>(name: string, result: Promise<T>): Promise<T> =>
    result.catch(({ code }: NodeJS.ErrnoException) =>
      refuseFile(
        folder,
        `a file ${name}`,
        code === 'ENOENT' || code === 'ENOTDIR' ? `no ${name}` : `${code}`,
      ),
    );
  const size = async (name: string): Promise<number> => {
    const stat = await found(name, fs.stat(join(from, name)));
    if (!stat.isFile()) refuseFile(folder, `a file ${name}`, 'a folder, a pipe or a device');
    return stat.size;
  };
  return {
    size,
    async read(name, largest = Number.POSITIVE_INFINITY) {
      const bytes = await size(name);
      if (bytes > largest) refuseFile(folder, `at most ${largest} bytes of ${name}`, `${bytes} bytes`);
      return found(name, readExactly(fs, join(from, name), bytes));
    },
  };
}

/** So many bytes of a file, whatever others append to it meanwhile. */
async function readExactly(fs: Fs, path: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await fs.open(path);
  try {
    const whole = new Uint8Array(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(whole, at, Math.min(bytes - at, 2 ** 30), at);
      if (bytesRead === 0) return whole.slice(0, at);
      at += bytesRead;
    }
    return whole;
  } finally {
    await file.close();
  }
}
