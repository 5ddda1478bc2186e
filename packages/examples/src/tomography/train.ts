import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../interruption';
import { numberOf } from '../measure';
import { progressBar } from '../progress';
import type { Measured } from './data';
import type { Solver } from './solver';

const decibels = (squares: number): number => -10 * Math.log10(squares);

/** Trains with a progress bar until all steps are done or Ctrl-C asks for the end: what was learnt is kept. */
export async function train(
  machine: Solver,
  next: () => Measured,
  steps: number,
  interruption: Interruption,
): Promise<{ done: number; interrupted: boolean }> {
  const bar = progressBar('training {bar} {value}/{total} steps · {db} dB · {eta_formatted} left');
  bar.start(steps, 0, { db: '–' });
  let [done, mean] = [0, 0];
  const learn = async (interrupted: () => boolean) => {
    while (done < steps && !interrupted()) {
      const value = await step(machine, next());
      if (!Number.isFinite(value)) refuseStep(done + 1, value);
      done++;
      mean += (value - mean) / Math.min(done, 30);
      bar.update(done, { db: decibels(mean).toFixed(1) });
    }
  };
  const { interrupted } = await interruption.during(learn).finally(() => bar.stop());
  console.log(
    interrupted
      ? `Interrupted after ${done} steps; what follows is of these.`
      : `Trained ${done} steps; mean of the last: ${decibels(mean).toFixed(2)} dB`,
  );
  return { done, interrupted };
}

async function step(machine: Solver, { x, d }: Measured): Promise<number> {
  const loss = machine.learn(x, d);
  tf.dispose([x, d]);
  return numberOf(loss);
}

const refuseStep = (step: number, value: number): never =>
  refuse('training', 'a finite error', `${value} at step ${step}`, 'Try another --seed or a larger --batch.');
