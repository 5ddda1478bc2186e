import * as tf from '@tensorflow/tfjs-core';

/**
 * Half the squared distance, as a mean over the batch and a sum over all else.
 *
 *     1/(2·batch) ‖x − y‖²      gradient (x − y) / batch
 *
 * It is the negative log-likelihood of unit normal noise, up to a constant.
 */
export const meanSquaredError = (x: tf.Tensor, y: tf.Tensor): tf.Scalar =>
  tf.tidy(() => tf.mul(0.5 / x.shape[0], tf.sum(tf.square(tf.sub(x, y)))));
