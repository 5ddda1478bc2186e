import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import { convolve, convolveInput } from '../kernels/convolve';
import { finite, listOf, type Rule } from '../options';
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
  const numbers: number[] = Array.isArray(kernel) ? kernel.flat(2) : [];
  if (!kernelRule(shape).holds(kernel) || shape.length === 0) {
    const remedy = 'Pad the kernel with zeros to odd sizes: it needs a middle.';
    const expected = 'a nested array of finite numbers with one to three axes of odd sizes';
    refuse('convolutionOperator', expected, `sizes ${show(shape)} and ${numbers.length} numbers`, remedy);
  }
  const run = (x: tf.Tensor, f: typeof convolve) => {
    checkTensor('convolutionOperator', 'the input', x);
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

const sizes = (kernel: unknown): number[] =>
  Array.isArray(kernel) ? [kernel.length, ...sizes(kernel[0])] : [];

/** Lists of lists of these sizes, all odd, with numbers in the end. */
const kernelRule = ([n, ...inner]: readonly number[]): Rule =>
  n === undefined
    ? finite
    : { ...listOf(kernelRule(inner), n, n), ...(n % 2 === 0 && { holds: () => false }) };
