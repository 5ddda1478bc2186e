import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from '@invertible/core';
import { writeJson } from '../../report';
import { type Run, writePoints } from './points';

/** What normflows reached, and on which points. */
export interface PeerFigure extends Run {
  sha256: string;
  nats: number;
}

interface PeerFigures {
  library: string;
  figures: PeerFigure[];
}

const library = 'normflows==1.7.3';
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const file = here('./normflows.json');

/** The figures that are kept in the repository. */
export const keptFigures = (): PeerFigure[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PeerFigures).figures : [];

/** Trains with normflows, in a virtual environment in the folder that is made when it is not there, and keeps the figures. */
export function trainPeer(runs: readonly Run[], folder: string, python: string): PeerFigure[] {
  const written = runs.map((run) => writePoints(run, join(folder, 'points')));
  const list = join(folder, 'points.json');
  writeJson(list, written);
  const output = command(environment(folder, python), ['-W', 'ignore', here('./train_normflows.py'), list]);
  const reached = output
    .trim()
    .split('\n')
    .map((line): number => JSON.parse(line).nats);
  const figures = runs.map((run, i) => ({
    ...run,
    sha256: written[i]?.sha256 ?? '',
    nats: reached[i] ?? Number.NaN,
  }));
  const others = keptFigures().filter((old) => !figures.some((f) => f.sha256 === old.sha256));
  writeJson(file, { library, figures: [...others, ...figures] } satisfies PeerFigures);
  return figures;
}

/** The Python of the environment. It sees the packages of the system: a PyTorch that is there need not be fetched. */
function environment(folder: string, python: string): string {
  const [venv, bin] = [join(folder, 'venv'), process.platform === 'win32' ? 'Scripts' : 'bin'];
  const own = join(venv, bin, 'python');
  if (!existsSync(own)) command(python, ['-m', 'venv', '--system-site-packages', venv]);
  command(own, ['-m', 'pip', 'install', '--quiet', library]);
  return own;
}

function command(program: string, args: string[]): string {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  const got = error ? error.message : `exit code ${status}`;
  return refuse(
    '--peer',
    `that ${program} ${args.join(' ')} succeeds`,
    got,
    'Say --python <path>, or do without --peer.',
  );
}
