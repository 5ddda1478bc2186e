import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvertibleError, refuse } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** What training needs besides the model. */
export interface Progress {
  epoch: number;
  /** The options that the weights depend on. */
  options: Record<string, number>;
  history: { train: number; test: number }[];
}

const prefix = 'checkpoint-';

/** The newest whole checkpoint of a folder, or none. */
export function newest(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const found = readdirSync(folder).filter((name) => /^checkpoint-\d{4}$/.test(name));
  const last = found.sort().at(-1);
  return last && join(folder, last);
}

/** Saves a checkpoint as `checkpoint-0007/`; older ones, and what a crash left of one, go when it is whole. */
export async function saveCheckpoint(
  folder: string,
  model: tfl.Sequential,
  progress: Progress,
): Promise<string> {
  const name = `${prefix}${String(progress.epoch).padStart(4, '0')}`;
  const path = join(folder, name);
  await inn.saveCheckpoint(model, `file://${path}`, { progress });
  for (const old of readdirSync(folder)) {
    if (old.startsWith(prefix) && old !== name) rmSync(join(folder, old), { recursive: true });
  }
  return path;
}

/** Loads what {@link saveCheckpoint} wrote, if it is as it was written. */
export async function loadCheckpoint(
  path: string,
): Promise<{ model: tfl.Sequential; progress: Progress; restore(optimizer: tf.Optimizer): Promise<void> }> {
  try {
    const { model, progress, restore } = await inn.loadCheckpoint(`file://${path}`);
    return { model: model as tfl.Sequential, progress: progress as Progress, restore };
  } catch (error) {
    if (!(error instanceof InvertibleError)) throw error;
    refuse(
      path,
      'a whole checkpoint',
      `${error.got} instead of ${error.expected}`,
      'It is damaged; nothing was changed. Take a copy, or train anew without --resume into another --out.',
    );
  }
}
