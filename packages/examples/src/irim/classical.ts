import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs';
import { numberOf } from '../measure';
import { measured, type Problem, peakOf } from './problem';

export interface Classical {
  title: string;
  /** Weight of the regulariser, chosen on training images; none of Landweber iteration, which stops early. */
  weight?: number;
  solve(d: tf.Tensor): tf.Tensor;
}

interface Budget {
  /** Uses of the operator and its adjoint. */
  steps: number;
  /** Length of a step, about 1/‖A‖². */
  step: number;
  seed: number;
}

/** Training images on which weights are chosen. */
const tuning = 8;

/** Landweber iteration and every regulariser of the field, each weight the best one on training images at this very budget. */
export async function classical(problem: Problem, { steps, step, seed }: Budget): Promise<Classical[]> {
  const { operator, penalties } = problem;
  const x = problem.draw(tuning, core.childSeed(seed, 0));
  const d = measured(problem, x, seed);
  const methods: Classical[] = [
    { title: 'Landweber', solve: (data) => core.landweber(operator, data, { steps, step }) },
  ];
  for (const [name, penalty] of Object.entries(penalties)) {
    const at = (weight: number) => (data: tf.Tensor) =>
      core.fista(operator, data, { penalty: penalty(weight), steps, step });
    const quality = async (weight: number) => {
      const found = at(weight)(d);
      const decibels = await numberOf(core.psnr(found, x, { peak: peakOf(problem) }).mean());
      found.dispose();
      return decibels;
    };
    const weight = await best(quality, 1 / step);
    methods.push({ title: name, weight, solve: at(weight) });
  }
  x.dispose();
  d.dispose();
  return methods;
}

/** The best weight on a ladder of factors of about three, climbed from the middle. */
async function best(quality: (weight: number) => Promise<number>, scale: number): Promise<number> {
  const known = new Map<number, number>();
  const at = async (rung: number) => {
    const value = known.get(rung) ?? (await quality(scale * 10 ** (rung / 2)));
    known.set(rung, value);
    return value;
  };
  let rung = -5;
  for (let moved = true; moved; ) {
    moved = false;
    for (const next of [rung - 1, rung + 1]) {
      if ((await at(next)) < (await at(rung)) + 0.01) continue;
      rung = next;
      moved = true;
      break;
    }
  }
  return scale * 10 ** (rung / 2);
}
