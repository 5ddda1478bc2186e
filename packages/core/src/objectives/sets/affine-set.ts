import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../check';
import { callable, checkOptions, required, tensor } from '../../options';
import { checkSpreads, type Projection, projection } from './projection';

export interface AffineSetOptions {
  /** A, on a batch of samples, and its pseudo-inverse A⁺. */
  apply(x: tf.Tensor): tf.Tensor;
  pseudoInverse(r: tf.Tensor): tf.Tensor;
  b: tf.Tensor;
}

/** A x = b:  P x = x − A⁺(A x − b). */
export function affineSet(options: AffineSetOptions): Projection {
  const rules = { apply: required(callable), pseudoInverse: required(callable), b: required(tensor) };
  checkOptions('affineSet', options, rules);
  const { b } = options;
  return projection('affineSet', (x) => {
    const seen = options.apply(x);
    checkTensor('affineSet', 'A x', seen);
    checkSpreads('affineSet', b, seen.shape);
    return tf.sub(x, options.pseudoInverse(tf.sub(seen, b)));
  });
}
