import * as tf from '@tensorflow/tfjs-core';
import { checkLike, checkTensor } from '../check';
import { batch } from '../tensors/channels';

/**
 * Half the squared distance, as a mean over the batch and a sum over all else.
 *
 *     1/(2·batch) ‖x − y‖²      gradient (x − y) / batch
 *
 * It is the negative log-likelihood of unit normal noise, up to a constant.
 */
export const meanSquaredError = (x: tf.Tensor, y: tf.Tensor): tf.Scalar =>
  tf.tidy(() => {
    checkTensor('meanSquaredError', 'x', x);
    checkLike('meanSquaredError', 'y', y, x.shape);
    return tf.mul(0.5 / batch(x), tf.sum(tf.square(tf.sub(x, y))));
  });
