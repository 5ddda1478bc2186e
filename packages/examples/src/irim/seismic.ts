import { l1Penalty, poststackOperator } from '@invertible/core';
import type { Problem } from './problem';
import { sections } from './sections';
import { sigmoid } from './sigmoid';

/** Rows of 4 ms and traces of the sections of the training, and of a larger one: the machine fits any size. */
const [shape, larger] = [[48, 32] as const, [96, 80] as const];
const held = 16;

export function seismic({ seed }: { seed: number }): Problem {
  return {
    name: 'seismic',
    title: 'Seismic reflectivity from a 25 Hz Ricker wavelet, 4 ms, smoothed across 1.5 traces, 5 % noise',
    operator: poststackOperator({ frequency: 25, interval: 0.004, smoothing: 1.5 }),
    noise: 0.05,
    range: [-1, 1],
    signed: true,
    axes: 'times × traces',
    draw: (count, at) => sections(count, shape, at),
    tests: {
      'held-out sections': sections(held, shape, -2 - seed),
      'a sigmoid section': sigmoid(larger),
    },
    penalties: { sparsity: (weight) => l1Penalty({ weight }) },
  };
}
