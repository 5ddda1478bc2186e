import type * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** Two channels turned and stretched at every pixel, a linear operator for any rank that is not its own adjoint. */
export const turned: core.LinearOperator = {
  apply: (x) => times(x, [0.6, 0.5, -0.4, 0.7]),
  adjoint: (d) => times(d, [0.6, -0.4, 0.5, 0.7]),
};

const times = (x: tf.Tensor, M: number[]) =>
  tf.tidy(() => {
    const rows = tf.reshape(x, [-1, 2]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(rows, tf.tensor2d(M, [2, 2])), x.shape);
  });
