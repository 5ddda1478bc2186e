import * as tf from '@tensorflow/tfjs-core';
import { checkLike, checkTensor } from '../check';
import { checkOptions, type Rules, tensor } from '../options';

export interface OverlapOptions {
  /** Counts only where this is not 0, of the same shape: leave out what a training was told. Default: everywhere. */
  where?: tf.Tensor;
}

const rules: Rules<OverlapOptions> = { where: tensor };

/**
 * How well two sets of pixels cover each other, the Jaccard index; pixels of a set are those that are not 0.
 *
 *     |A ∩ B| / |A ∪ B|      1 where both are empty
 *
 * A, B: any shape → scalar.   Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
 */
export function intersectionOverUnion(a: tf.Tensor, b: tf.Tensor, options: OverlapOptions = {}): tf.Scalar {
  const name = 'intersectionOverUnion';
  checkTensor(name, 'a', a);
  checkLike(name, 'b', b, a.shape);
  checkOptions(name, options, rules);
  if (options.where) checkLike(name, 'where', options.where, a.shape);
  return tf.tidy(() => {
    const [inA, inB] = [tf.notEqual(a, 0), tf.notEqual(b, 0)];
    const count = (set: tf.Tensor) =>
      tf.sum(tf.cast(options.where ? tf.logicalAnd(set, tf.notEqual(options.where, 0)) : set, 'float32'));
    const [both, either] = [count(tf.logicalAnd(inA, inB)), count(tf.logicalOr(inA, inB))];
    const empty = tf.cast(tf.equal(either, 0), 'float32');
    return tf.div<tf.Scalar>(tf.add(both, empty), tf.add(either, empty));
  });
}
