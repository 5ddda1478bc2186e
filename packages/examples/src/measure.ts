import { setImmediate } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs';
import type { Libraries } from './libraries';
import { stepGradients } from './step-gradients';

export interface Step {
  /** Peak bytes of a gradient step beyond the weights and their gradients. */
  activations: number;
  weights: number;
  gradients: number;
}

type Inputs = tf.Tensor | tf.Tensor[];

/** The memory of one training step, after one that set ActNorm and the kernels up. */
export async function memoryOfStep(
  { tf, testing }: Pick<Libraries, 'tf' | 'testing'>,
  model: tf.LayersModel,
  x: Inputs,
): Promise<Step> {
  tf.dispose(stepGradients({ tf }, model, x));
  const measured = await testing.activationBytes(() => stepGradients({ tf }, model, x));
  return { ...measured, weights: model.getWeights().reduce((sum, t) => sum + 4 * t.size, 0) };
}

/** Milliseconds of a training step. */
export async function timeOfStep(
  { tf }: Pick<Libraries, 'tf'>,
  model: tf.LayersModel,
  x: Inputs,
): Promise<number> {
  const begun = performance.now();
  await finished({ tf }, stepGradients({ tf }, model, x));
  return performance.now() - begun;
}

/** Disposes tensors when they are computed: a GPU has only been asked to, and works its queue off in order. */
export async function finished({ tf }: Pick<Libraries, 'tf'>, tensors: tf.Tensor[]): Promise<void> {
  if (tf.getBackend().startsWith('web')) await tensors.at(-1)?.data();
  tf.dispose(tensors);
}

/** Two times measured after one another. */
export type Pair = readonly [first: number, second: number];

type Timed = () => number | Promise<number>;

/**
 * Times of two tasks in turn, at least so many pairs and for so many seconds. They change places every time: the one that comes
 * second pays for the garbage of the other.
 */
export async function inTurn(
  first: Timed,
  second: Timed,
  { repeats, seconds = 0 }: { repeats: number; seconds?: number },
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const begun = performance.now();
  while (pairs.length < repeats || performance.now() - begun < 1000 * seconds) {
    await setImmediate();
    if (pairs.length % 2 === 0) {
      const time = await first();
      pairs.push([time, await second()]);
    } else {
      const time = await second();
      pairs.push([await first(), time]);
    }
  }
  return pairs;
}

/** The quartiles of the first over the second, pair by pair, and the medians of both. */
export function compared(pairs: readonly Pair[]): {
  ratio: [low: number, median: number, high: number];
  medians: Pair;
} {
  const ratios = pairs.map(([a, b]) => a / b);
  return {
    ratio: [quantile(ratios, 0.25), quantile(ratios, 0.5), quantile(ratios, 0.75)],
    medians: [
      quantile(
        pairs.map(([a]) => a),
        0.5,
      ),
      quantile(
        pairs.map(([, b]) => b),
        0.5,
      ),
    ],
  };
}

export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN;
}

/** Frees the weights of a model. */
export const disposeWeights = (model: tf.LayersModel): void => {
  for (const weight of model.weights) weight.read().dispose();
};

/** Reads a tensor of one number, and disposes it. Signals come through, as wherever numbers are read. */
export async function numberOf(t: tf.Tensor): Promise<number> {
  const [value = Number.NaN] = await t.data();
  t.dispose();
  await setImmediate();
  return value;
}

/** Reads a tensor of float32, and disposes it. */
export async function floatsOf(t: tf.Tensor): Promise<Float32Array> {
  const values = await t.data<'float32'>();
  t.dispose();
  await setImmediate();
  return values;
}
