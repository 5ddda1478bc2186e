import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '@invertible/core';

/** The option that asks for Python, and what to do where it fails. */
export interface AskedBy {
  option: string;
  remedy: string;
}

/** Whether there is such a Python. */
export const hasPython = (python: string): boolean =>
  spawnSync(python, ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * The Python of a virtual environment in the folder, with some packages; made when it is not there. It sees the packages of the system:
 * a PyTorch that is there need not be fetched.
 */
export function environment(folder: string, python: string, packages: string[], by: AskedBy): string {
  const [venv, bin] = [join(folder, 'venv'), process.platform === 'win32' ? 'Scripts' : 'bin'];
  const own = join(venv, bin, 'python');
  if (!existsSync(own)) outputOf(python, ['-m', 'venv', '--system-site-packages', venv], by);
  outputOf(own, ['-m', 'pip', 'install', '--quiet', ...packages], by);
  return own;
}

/** What a program prints. */
export function outputOf(program: string, args: string[], { option, remedy }: AskedBy): string {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  const got = error ? error.message : `exit code ${status}`;
  return refuse(option, `that ${program} ${args.join(' ')} succeeds`, got, remedy);
}
