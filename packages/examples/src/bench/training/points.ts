import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFile } from '../../raster';
import { type Points, type Size, type TaskName, tasks } from './tasks';

/** One training: of both libraries, on the same points. */
export interface Run extends Size {
  task: TaskName;
  seed: number;
}

/** As train_normflows.py reads it: the points are files of float32, little-endian. */
export interface WrittenRun extends Run {
  shape: readonly number[];
  train: string;
  heldOut: string;
  sha256: string;
}

export const pointsOf = ({ task, seed, ...size }: Run): Points => tasks[task].points(size, seed);

const bytes = (t: Float32Array) => new Uint8Array(t.buffer, t.byteOffset, t.byteLength);

/** Tells whether figures are of the same points. */
export const digestOf = ({ train, heldOut }: Points): string =>
  createHash('sha256').update(bytes(train)).update(bytes(heldOut)).digest('hex');

/** Writes the points of a run into a folder. */
export function writePoints(run: Run, folder: string): WrittenRun {
  const points = pointsOf(run);
  const file = (part: keyof Points) => {
    const path = join(folder, `${run.task}-${run.seed}-${part}.f32`);
    writeFile(path, bytes(points[part]));
    return path;
  };
  return {
    ...run,
    shape: tasks[run.task].shape,
    train: file('train'),
    heldOut: file('heldOut'),
    sha256: digestOf(points),
  };
}
