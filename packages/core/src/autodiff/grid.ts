import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import type { Rule } from '../options';
import { canReadSync } from './sync-read';
import { noGrad } from './tapes/no-grad';

/** true: on the grid of step 2⁻¹². Or the step, a power of two. */
export type Exact = boolean | { step: number };

export interface ExactOptions {
  /**
   * Values on a grid, n·step with |n| ≤ 2²³, so that the inverse is right to the last bit at any depth. true is a step of 2⁻¹²,
   * which reaches to ±2048; `{ step }` any power of two from 2⁻²⁰ to 1. What comes in is rounded to the grid, and so is each
   * shift; gradients pass the rounding straight through. Default false.
   */
  exact?: Exact | undefined;
}

const [least, most] = [2 ** -20, 1];
const usual = 2 ** -12;
/** Integers up to it, and the sums of two of them, are float32 numbers. */
const integers = 2 ** 23;

const isStep = (value: unknown): value is number =>
  typeof value === 'number' && value >= least && value <= most && Number.isInteger(Math.log2(value));

export const exactRule: Rule = {
  expected: 'true, false, or { step } with a power of two from 2⁻²⁰ to 1',
  holds: (value) =>
    typeof value === 'boolean' ||
    (typeof value === 'object' &&
      value !== null &&
      Object.keys(value).length === 1 &&
      'step' in value &&
      isStep(value.step)),
  remedy: 'As in exact: true, or exact: { step: 1 / 256 }.',
};

/** The numbers n·step, |n| ≤ 2²³: float32 adds two of them, and takes one from another, without rounding. */
export interface Grid {
  /** ⌊t/step + ½⌋·step, never −0; its derivative counts as 1. */
  round(t: tf.Tensor): tf.Tensor;
  /** The tensor, all within the range. Refuses others; on GPU backends, where nothing is read, they become NaN. */
  within(t: tf.Tensor): tf.Tensor;
}

/** The grid that an option asks for; errors name the map. */
export function gridOf(where: string, exact: Exact | undefined): Grid | undefined {
  if (!exact) return undefined;
  const step = exact === true ? usual : exact.step;
  const range = integers * step;
  return {
    round: tf.customGrad((t) => ({
      value: tf.mul(tf.floor(tf.add(tf.mul(t as tf.Tensor, 1 / step), 0.5)), step),
      gradFunc: (dt: tf.Tensor) => tf.clone(dt),
    })),
    within(t) {
      if (!canReadSync()) return nanBeyond(t, range);
      const [size = 0] = noGrad(() => tf.tidy(() => tf.max(tf.abs(t)).dataSync()));
      // NaN passes, as everywhere: others look for it.
      if (!(size > range)) return t;
      const remedy = 'Scale the input down, or take a coarser step: beyond, a sum would be rounded.';
      return refuse(where, `numbers within ±${range}, where the grid of step ${step} ends`, size, remedy);
    },
  };
}

/** NaN is added to what lies beyond, and 0 to the rest, through which gradients pass. */
const nanBeyond = (t: tf.Tensor, range: number): tf.Tensor =>
  tf.tidy(() => {
    const beyond = noGrad(() => {
      // Of rank 1: GPU backends lack `where` for rank 5.
      const inside = tf.lessEqual(tf.abs(tf.reshape(t, [-1])), range);
      const nothing = tf.zeros(inside.shape);
      return tf.reshape(tf.where(inside, nothing, tf.fill(inside.shape, Number.NaN)), t.shape);
    });
    return tf.add(t, beyond);
  });
