import * as tf from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from '../check';
import { refuse, show } from '../errors';
import { checkValue, listOf, type Rule, required } from '../options';
import { channels, pixelRows } from '../tensors/channels';

/** The class of one place. */
export interface PointLabel {
  /** The sample, and the place in it: [sample, …spatial]. */
  at: readonly number[];
  /** 0 … classes−1. */
  class: number;
}

const isIndex = (v: unknown): v is number => Number.isInteger(v) && Number(v) >= 0;
const label: Rule = {
  expected: 'labels { at: [sample, …spatial], class } of whole numbers',
  holds: (v) =>
    typeof v === 'object' &&
    v !== null &&
    'at' in v &&
    'class' in v &&
    Array.isArray(v.at) &&
    [...v.at, v.class].every(isIndex),
};

/**
 * Cross-entropy at a few labelled places of images or volumes, the mean in nats. Everything else has no gradient of its own.
 *
 *     −1/n Σᵢ log softmax(logits[atᵢ])[classᵢ]
 *
 * logits: [batch, …spatial, classes] → scalar.   Peters et al. 2020, arXiv:2003.07474 (segmentation from sparse point annotations).
 *
 * ```ts
 * const loss = core.crossEntropyAt([{ at: [0, 1, 2], class: 1 }, { at: [0, 3, 3], class: 0 }]);
 * const value = loss(tf.zeros([1, 4, 4, 2])); // log 2
 * ```
 */
export function crossEntropyAt(labels: readonly PointLabel[]): (logits: tf.Tensor) => tf.Scalar {
  const where = 'crossEntropyAt';
  checkValue(where, 'labels', labels, required(listOf(label, 1)));
  return (logits) =>
    tf.tidy(() => {
      checkTensor(where, 'logits', logits);
      checkShape(where, logits.shape);
      const classes = channels(logits.shape);
      const space = logits.shape.slice(0, -1);
      const rows = labels.map(({ at, class: own }) => {
        const fits = at.length === space.length && at.every((i, axis) => i < (space[axis] ?? 0));
        if (!fits || own >= classes) {
          const expected = `a place in ${show(space)} and one of ${classes} classes`;
          refuse(where, expected, `${show(at)} of class ${own}`, 'A place is [sample, …spatial].');
        }
        return at.reduce((row, i, axis) => row * (space[axis] ?? 0) + i, 0);
      });
      const found = tf.gather(pixelRows(logits), tf.tensor1d(rows, 'int32'));
      const truth = tf.oneHot(
        tf.tensor1d(
          labels.map((l) => l.class),
          'int32',
        ),
        classes,
        1,
        0,
        'float32',
      );
      return tf.mul(-1 / labels.length, tf.sum(tf.mul(truth, tf.logSoftmax(found))));
    });
}
