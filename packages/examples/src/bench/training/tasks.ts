import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import { count, digits, levels, side } from './digits';

/** What both libraries learn from: numbers of samples one after the other, in the order of the steps. */
export interface Points {
  train: Float32Array;
  heldOut: Float32Array;
}

export interface Size {
  steps: number;
  batch: number;
}

export interface Task {
  /** Of one sample. */
  shape: readonly number[];
  batch: number;
  points(size: Size, seed: number): Points;
  flow(seed: number): inn.Flow;
  /** What a mean −log p in nats is shown as. */
  unit: 'nats' | 'bits/dim';
  score(nats: number): number;
  /** By how much the mean over seeds may be worse than the peer's. */
  bar: number;
}

const heldOutPoints = 20_000;
/** Far from every seed of a training. */
const heldOutSeed = 1_000_003;

const plane = (data: core.Dataset): Task => {
  const drawn = (n: number, seed: number) => {
    const x = data.sample(n, { seed });
    const points = x.dataSync<'float32'>();
    x.dispose();
    return points;
  };
  return {
    shape: [2],
    batch: 256,
    points: ({ steps, batch }, seed) => ({
      train: drawn(steps * batch, seed),
      heldOut: drawn(heldOutPoints, heldOutSeed),
    }),
    flow: (seed) => inn.realNvp({ shape: [2], layers: 8, hidden: 64, seed }),
    unit: 'nats',
    score: (nats) => nats,
    bar: 0.02,
  };
};

/** By name. What the peer builds for each stands in train_normflows.py. */
export const tasks = {
  twoMoons: plane(core.twoMoons()),
  checkerboard: plane(core.checkerboard()),
  eightGaussians: plane(core.eightGaussians()),
  digits: {
    shape: [side, side, 1],
    batch: 64,
    points: ({ steps, batch }, seed) => ({
      train: digits('train', steps * batch, seed),
      heldOut: digits('test', count.test, heldOutSeed),
    }),
    flow: (seed) => inn.glow({ shape: [side, side, 1], scales: 2, steps: 4, hidden: 32, seed }),
    unit: 'bits/dim',
    score: (nats) => nats / (side * side * Math.LN2) + Math.log2(levels),
    bar: 0.01,
  },
} satisfies Record<string, Task>;

export type TaskName = keyof typeof tasks;
export const taskNames = [
  'twoMoons',
  'checkerboard',
  'eightGaussians',
  'digits',
] as const satisfies TaskName[];
