export type Fs = typeof import('node:fs')['promises'];

/** Ages beyond which a part is left over whoever made it, in milliseconds: where its maker can be asked for, and where not. */
const [day, hour] = [24 * 3600e3, 3600e3];

/** Whose parts, on which host. */
interface Whose {
  of: string;
  host: string;
}

/** A name for a folder while it is written, which says who writes it. */
export const partName = (folder: string, host: string): string =>
  `${folder}.part-${process.pid}@${plainHost(host)}-${globalThis.crypto.randomUUID()}`;

const plainHost = (host: string): string => host.replace(/[^\w.]/g, '_');

/** The parts of a folder that killed saves left beside it. Those of saves that may still run are none. */
export async function sweepable(fs: Fs, parent: string, { of, host }: Whose): Promise<string[]> {
  const parts = (await fs.readdir(parent)).filter((name) => name.startsWith(`${of}.part-`));
  const left = await Promise.all(
    parts.map(async (name) => {
      const [, pid, maker] = /^(\d+)@([\w.]+)-/.exec(name.slice(`${of}.part-`.length)) ?? [];
      const isHere = maker === plainHost(host);
      if (isHere && !isRunning(Number(pid))) return true;
      const stat = await fs.stat(`${parent}/${name}`).catch(() => undefined);
      return stat !== undefined && Date.now() - stat.mtimeMs > (isHere ? day : hour);
    }),
  );
  return parts.filter((_, i) => left[i]);
}

/** Whether a process is there. One of another user is, too. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
