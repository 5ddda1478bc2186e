import * as tf from '@tensorflow/tfjs-core';
import { noGrad } from '../autodiff/tapes/no-grad';
import { callable, checkValue } from '../options';
import { sumPerSample } from '../tensors/channels';
import type { Projection } from './sets/projection';

/**
 * Half the squared distance of each sample to a convex set, for outputs of which only bounds are known.
 *
 *     d(x) = ½‖x − P x‖²      gradient x − P x: the projection P itself needs no derivative
 *
 * x: [batch, …] → [batch].   Peters 2020, arXiv:2007.13251, section 3.
 *
 * ```ts
 * const image = tf.randomNormal([4, 8, 8, 1]);
 * const inRange = core.distanceToSet(core.box({ low: 0, high: 1 }));
 * const gradient = tf.grad((t: tf.Tensor) => tf.sum(inRange(t)))(image);
 * ```
 */
export function distanceToSet(projection: Projection): (x: tf.Tensor) => tf.Tensor {
  const remedy = 'Such as box({ low: 0, high: 1 }).';
  checkValue('distanceToSet', 'projection', projection, { ...callable, remedy });
  return (x) =>
    tf.tidy(() => {
      const nearest = noGrad(() => projection(x));
      return tf.mul(0.5, sumPerSample(tf.square(tf.sub(x, nearest))));
    });
}
