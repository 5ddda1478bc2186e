import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, outputOf } from '../../python';
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
const by = { option: '--peer', remedy: 'Say --python <path>, or do without --peer.' };
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
  const own = environment(folder, python, [library], by);
  const output = outputOf(own, ['-W', 'ignore', here('./train_normflows.py'), list], by);
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
