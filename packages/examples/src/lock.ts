import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { refuse } from '@invertible/core';

/**
 * Makes a folder this process's own until it ends: a second run there is refused, since each would take the other's files
 * away. What a killed run left is taken over.
 */
export function lockFolder(folder: string): void {
  const file = join(folder, '.lock');
  const own = `${process.pid} ${hostname()}`;
  if (!created(file, own)) {
    const [pid, host] = readFileSync(file, 'utf8').split(' ');
    if (host !== hostname() || isRunning(Number(pid)))
      refuse(
        '--out',
        'a folder in which no other run is at work',
        `one with a run of process ${pid} on ${host}`,
        `Choose another folder, or wait. If no such run is there, delete ${file}.`,
      );
    writeFileSync(file, own);
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

function created(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a process is there. One of another user is, too. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
