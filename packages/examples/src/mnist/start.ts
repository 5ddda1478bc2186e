import { refuse } from '@invertible/core';
import type { Flow } from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs';
import { loadCheckpoint, newest, type Progress } from './checkpoint';
import { buildFlow } from './model';
import type { Shaping } from './settings';

export interface Start {
  flow: Flow;
  progress: Progress;
  restore?(optimizer: tf.Optimizer): Promise<void>;
}

/** A new flow, for a folder that holds none. */
export function fresh(out: string, options: Shaping): Start {
  const path = newest(out);
  if (path) {
    refuse(
      '--out',
      'a folder without a checkpoint',
      path,
      'Continue it with --resume, or choose another folder.',
    );
  }
  return { flow: buildFlow(options), progress: { epoch: 0, options: { ...options }, history: [] } };
}

/** The flow of a folder, if it began with the same options. */
export async function resume(out: string, options: Shaping): Promise<Start> {
  const path = newest(out);
  if (!path) {
    refuse(
      '--resume',
      `a checkpoint in ${out}`,
      'none',
      'Start without --resume, or say with --out where it is.',
    );
  }
  const start = await loadCheckpoint(path);
  for (const [name, now] of Object.entries(options)) {
    const then = start.progress.options[name];
    if (then !== now) {
      refuse(
        '--resume',
        `--${name} ${then}, as it began`,
        `--${name} ${now}`,
        'Give the same options, --long among them, or another --out.',
      );
    }
  }
  return start;
}
