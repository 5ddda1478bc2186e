import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '@invertible/core';
import { type OwnLoop, packTraining, unpackTraining } from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs';
import type { Interruption } from './interruption';
import { numberOf } from './measure';
import { progressBar } from './progress';
import { writeFile } from './raster';

export interface Loop extends OwnLoop {
  /** Makes step n, from 0, and returns its loss. What it draws must depend on n and on a seed only, so that a run can go on. */
  step: (n: number) => tf.Scalar;
}

interface Plan {
  steps: number;
  /** Folder of the checkpoint. */
  out: string;
  /** The options that the weights depend on; a run goes on with the same ones only. */
  options: Readonly<Record<string, string | number>>;
  resume: boolean | undefined;
  /** Of several trainings, one to which a run that was interrupted may not have come: with `resume` it begins where it has not. */
  later?: boolean;
  interruption: Interruption;
  /** Words for the mean of the last losses, such as 23.1 dB. Default: the number. */
  show?: (loss: number) => string;
  /** Name of the checkpoint, where a command trains several things. */
  name?: string;
}

interface Progress {
  /** Steps that were made. */
  done: number;
  /** Time they took. */
  seconds: number;
  /** Mean of the last losses. */
  loss: number;
}

export interface Trained extends Progress {
  interrupted: boolean;
}

/** Seconds between checkpoints, and losses in a mean. */
const [pause, recent] = [30, 30];

/**
 * Makes the steps of a training with a progress bar, until all are done or Ctrl-C asks for the end. The checkpoint in `out` is written
 * now and then and at the end; with `resume` a run goes on from it to the last bit. An unfinished one is never replaced.
 */
export async function trainSteps(loop: Loop, plan: Plan): Promise<Trained> {
  const { steps, out, interruption, name = 'training', show = (loss) => loss.toPrecision(4) } = plan;
  const file = join(out, `${name}.safetensors`);
  const at = await begin(file, loop, plan);
  const save = async () => writeFile(file, await packTraining(loop, { ...at, steps, options: plan.options }));
  const bar = progressBar(`${name} {bar} {value}/{total} steps · {shown} · {eta_formatted} left`);
  bar.start(steps, at.done, { shown: '–' });
  const train = async (interrupted: () => boolean) => {
    let [last, saved] = [performance.now(), performance.now()];
    while (at.done < steps && !interrupted()) {
      const loss = await numberOf(loop.step(at.done));
      if (!Number.isFinite(loss)) refuseStep(name, at.done + 1, loss);
      at.done++;
      at.loss += (loss - at.loss) / Math.min(at.done, recent);
      const now = performance.now();
      at.seconds += (now - last) / 1000;
      last = now;
      bar.update(at.done, { shown: show(at.loss) });
      if (now - saved < 1000 * pause) continue;
      await save();
      last = saved = performance.now();
    }
    await save();
  };
  const { interrupted } = await interruption.during(train).finally(() => bar.stop());
  const took = `${at.seconds.toFixed(0)} s; mean of the last ${recent}: ${show(at.loss)}`;
  console.log(
    interrupted
      ? `Interrupted after ${at.done} of ${steps} steps, ${took}. Continue with --resume; what follows is of these.`
      : `Made ${at.done} steps of ${name} in ${took}.`,
  );
  return { ...at, interrupted };
}

/** Where a run begins: at the start, or where the one of the folder stopped. */
async function begin(file: string, loop: Loop, { steps, options, resume, later }: Plan): Promise<Progress> {
  const found = existsSync(file) ? unpackTraining(readFileSync(file)) : undefined;
  if (!resume || (later && !found)) {
    if (found && isSaved(found.progress) && found.progress.done < found.progress.steps)
      refuse(
        '--out',
        'a folder without an unfinished run',
        file,
        'Continue it with --resume, or choose another.',
      );
    return { done: 0, seconds: 0, loss: 0 };
  }
  if (!found) refuse('--resume', file, 'none', 'Start without --resume, or say with --out where it is.');
  if (!isSaved(found.progress))
    return refuse('--resume', 'a checkpoint of this command', file, 'Choose another --out.');
  const { done, seconds, loss } = found.progress;
  for (const [name, now] of Object.entries({ ...options, steps })) {
    const then = { ...found.progress.options, steps: found.progress.steps }[name];
    if (then === now) continue;
    refuse(
      '--resume',
      `--${name} ${then}, as it began`,
      `--${name} ${now}`,
      'Give the same options, or another --out.',
    );
  }
  await found.restore(loop);
  return { done, seconds, loss };
}

interface Saved extends Progress {
  steps: number;
  options: Plan['options'];
}

const isSaved = (progress: unknown): progress is Saved =>
  typeof progress === 'object' && progress !== null && 'done' in progress && 'options' in progress;

const refuseStep = (name: string, step: number, loss: number): never =>
  refuse(name, 'a finite loss', `${loss} at step ${step}`, 'Try another --seed or a larger --batch.');
