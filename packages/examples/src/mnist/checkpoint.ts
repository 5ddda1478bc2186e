import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvertibleError, refuse } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs';
// Files name its class.
import './digit-flow';

/** What training needs besides the flow. */
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
export async function saveCheckpoint(folder: string, flow: inn.Flow, progress: Progress): Promise<string> {
  const name = `${prefix}${String(progress.epoch).padStart(4, '0')}`;
  const path = join(folder, name);
  await inn.saveCheckpoint(flow, `file://${path}`, { progress });
  for (const old of readdirSync(folder)) {
    if (old.startsWith(prefix) && old !== name) rmSync(join(folder, old), { recursive: true, force: true });
  }
  return path;
}

interface Loaded {
  flow: inn.Flow;
  progress: Progress;
  restore(optimizer: tf.Optimizer): Promise<void>;
}

/** Loads a checkpoint of {@link saveCheckpoint}, if it is as it was written. */
export async function loadCheckpoint(path: string): Promise<Loaded> {
  try {
    const { model, progress, restore } = await inn.loadCheckpoint(`file://${path}`);
    if (isProgress(progress)) return { flow: new inn.Flow(model), progress, restore };
  } catch (error) {
    if (!(error instanceof InvertibleError)) throw error;
    refuseCheckpoint(path, `${error.got} instead of ${error.expected}`);
  }
  return refuseCheckpoint(path, 'one of another program');
}

const isProgress = (value: unknown): value is Progress =>
  typeof value === 'object' && value !== null && 'epoch' in value && 'options' in value && 'history' in value;

const refuseCheckpoint = (path: string, got: string): never =>
  refuse(
    path,
    'a whole checkpoint',
    got,
    'It is damaged; nothing was changed. Take a copy, or train anew without --resume into another --out.',
  );
