import * as tf from '@tensorflow/tfjs-core';
import { refuse, show } from '../errors';
import { convolve, convolveInput } from '../kernels/convolve';
import { channelwise } from './channelwise';
import type { LinearOperator } from './operator';

/** The numbers of a kernel, nested by its one to three spatial axes. */
export type KernelValues =
  | readonly number[]
  | readonly (readonly number[])[]
  | readonly (readonly (readonly number[])[])[];

/**
 * Blur: every channel is convolved with one fixed kernel, zeros outside, sizes kept.
 *
 *     A x = x ⋆ k      Aᵀd = d ⋆ flip(k)
 *
 * x: [batch, …spatial, channels] with as many spatial axes as the kernel, whose sizes are odd. As elsewhere in tfjs, ⋆ does
 * not flip the kernel.
 *
 * ```ts
 * const blur = core.convolutionOperator([
 *   [1 / 16, 1 / 8, 1 / 16],
 *   [1 / 8, 1 / 4, 1 / 8],
 *   [1 / 16, 1 / 8, 1 / 16],
 * ]);
 * const blurred = blur.apply(tf.ones([1, 8, 8, 3]));
 * ```
 */
export function convolutionOperator(kernel: KernelValues): LinearOperator {
  const shape = sizes(kernel);
  const numbers = tf.util.flatten(kernel as number[]);
  const even = shape.some((n) => n % 2 === 0) || shape.length > 3;
  if (even || numbers.length !== tf.util.sizeFromShape(shape) || !numbers.every(Number.isFinite)) {
    const expected = 'a nested array of finite numbers with one to three axes of odd sizes';
    const remedy = 'Pad the kernel with zeros to odd sizes: it needs a middle.';
    refuse('convolutionOperator', expected, `sizes ${show(shape)} and ${numbers.length} numbers`, remedy);
  }
  const run = (x: tf.Tensor, f: typeof convolve) => {
    if (x.rank !== shape.length + 2) {
      const expected = `[batch, …spatial, channels] with ${shape.length} spatial axes, as the kernel has`;
      const remedy = 'Give a kernel with the spatial axes of x.';
      refuse('convolutionOperator', expected, `shape ${show(x.shape)}`, remedy);
    }
    return tf.tidy(() => {
      const k = tf.tensor(numbers, [...shape, 1, 1]);
      return channelwise(x, (t) => f(t, k));
    });
  };
  return { apply: (x) => run(x, convolve), adjoint: (d) => run(d, convolveInput) };
}

const sizes = (kernel: KernelValues | number): number[] =>
  typeof kernel === 'number' ? [] : [kernel.length, ...(kernel.length > 0 ? sizes(kernel[0]!) : [])];
