import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the package. */
export const folder = join(__dirname, '..');

export const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
);

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Node over the sources, without a build; `meanwhile` gets the process and what it has printed so far. */
export function node(
  args: readonly string[],
  {
    meanwhile,
    env,
  }: { meanwhile?: (child: ChildProcess, printed: string) => void; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env, TSX_TSCONFIG_PATH: join(folder, '../../tsconfig.json') },
  });
  const seen = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      seen[name] += text;
      meanwhile?.(child, seen.stdout);
    });
  }
  return new Promise((done) => child.on('close', (code) => done({ code, ...seen })));
}

/** The words of a script of the package, after `node`. */
export const words = (name: string): string[] => (scripts[name] ?? '').split(' ').slice(1);

/** Runs a script of the package. */
export const run = (name: string, args: readonly string[], options?: Parameters<typeof node>[1]) =>
  node([...words(name), ...args], options);
