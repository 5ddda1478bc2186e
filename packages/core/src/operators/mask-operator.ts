import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import type { LinearOperator } from './operator';

/**
 * Sampling: what the mask m has at zero is not seen.
 *
 *     A x = m ⊙ x = Aᵀx
 *
 * x: [batch, …spatial, channels]; mask: of x's rank, each size that of x or 1. It is the caller's, who frees it after the last use.
 *
 * ```ts
 * const seen = core.maskOperator(tf.tensor([1, 0, 1, 1], [1, 2, 2, 1]));
 * const holes = seen.apply(tf.ones([3, 2, 2, 1]));
 * ```
 */
export function maskOperator(mask: tf.Tensor): LinearOperator {
  checkTensor('maskOperator', 'the mask', mask);
  const see = (x: tf.Tensor) => {
    checkTensor('maskOperator', 'the input', x);
    if (x.rank !== mask.rank || mask.shape.some((n, i) => n !== 1 && n !== x.shape[i])) {
      const expected = `a tensor of the mask's shape ${show(mask.shape)}, any size where that is 1`;
      const remedy = 'Make the mask for the images it is put on.';
      refuse('maskOperator', expected, `shape ${show(x.shape)}`, remedy);
    }
    return tf.mul(x, mask);
  };
  return { apply: see, adjoint: see };
}
