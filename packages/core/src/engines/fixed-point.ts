import * as tf from '@tensorflow/tfjs-core';
import { canReadSync } from '../autodiff/sync-read';
import { noGrad } from '../autodiff/tapes/no-grad';
import { refuse } from '../errors';
import { batch, perElement } from '../tensors/channels';

export interface FixedPointOptions {
  /** The map moves two points closer by this factor at least. */
  coefficient: number;
  /** Of the last step, relative to the largest number of its sample. */
  tolerance: number;
}

/** As many iterations as make a step of a hundredth of the tolerance out of one as large as the point, by Banach. */
export const iterationsFor = ({ coefficient, tolerance }: FixedPointOptions): number =>
  Math.ceil(Math.log(tolerance / 100) / Math.log(coefficient));

/**
 * The fixed point of a contraction, x = f(x), every sample by itself.
 *
 * Iterations end when the step of every sample is within the tolerance, or after {@link iterationsFor}: beyond, it is refused. On GPU
 * backends, where nothing is read, all of them are made, and samples that are not there yet become NaN.
 */
export function fixedPoint(
  where: string,
  f: (x: tf.Tensor) => tf.Tensor,
  start: tf.Tensor,
  options: FixedPointOptions,
): tf.Tensor {
  const count = iterationsFor(options);
  const [reads, { tolerance }] = [canReadSync(), options];
  let x = start;
  let step: number | undefined;
  for (let k = 1; k <= count; k++) {
    const next = tf.tidy(() => f(x));
    if (reads) step = noGrad(() => tf.tidy(() => tf.max(stepOf(next, x)).dataSync()[0]));
    const missing = !reads && k === count ? nanAbove(tolerance, next, x) : undefined;
    if (x !== start) x.dispose();
    x = missing ? tf.add(next, missing) : next;
    // NaN passes, as everywhere: others look for it.
    if (reads && !((step ?? 0) > tolerance)) return x;
  }
  if (!reads) return x;
  const remedy =
    'Its weights may be large or its tolerance too small for float32: take 1e-6, or a smaller coefficient.';
  return refuse(where, `a step within ${tolerance} after ${count} iterations`, `${step}`, remedy);
}

/** The largest change in each sample, relative to its largest number: [batch]. */
function stepOf(next: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const largest = (t: tf.Tensor) => tf.max(tf.abs(tf.reshape(t, [batch(t), -1])), 1);
  return tf.div(largest(tf.sub(next, x)), tf.add(largest(next), 1e-30));
}

/** NaN for samples that still move by more than the tolerance, else 0, against every number. */
const nanAbove = (tolerance: number, next: tf.Tensor, x: tf.Tensor): tf.Tensor =>
  noGrad(() =>
    tf.tidy(() => {
      const step = stepOf(next, x);
      const moves = tf.greater(step, tolerance);
      return perElement(tf.where(moves, tf.fill(step.shape, Number.NaN), tf.zerosLike(step)), next.rank);
    }),
  );
