import * as tf from '@tensorflow/tfjs-core';

/** log Σ eᵗ along an axis. Terms of −∞ count as −3·10³⁸: if all were −∞, the largest of them would make NaN of the rest. */
export const logSumExp = (terms: tf.Tensor, axis: number): tf.Tensor =>
  tf.logSumExp(tf.clipByValue(terms, -3e38, 3e38), axis);
