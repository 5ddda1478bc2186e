import * as tf from '@tensorflow/tfjs-core';
import { defineDataset, square } from './dataset';

/**
 * Eight of the sixteen squares of side 2 in [−4, 4]², each as likely, uniform inside: an entropy of log 32 = 3.466.
 *
 * Grathwohl et al. 2019, arXiv:1810.01367, section 4.1.
 */
export const checkerboard = defineDataset('checkerboard', {}, () => ({
  draw({ uniform, whole }) {
    const column = whole(4);
    const row = 2 * whole(2) + (column % 2);
    return [uniform(2 * column - 4, 2 * column - 2), uniform(2 * row - 4, 2 * row - 2)];
  },
  entropy: Math.log(32),
  density(x, y) {
    const index = (t: tf.Tensor) => tf.floor(tf.div(t, 2));
    const [column, row] = [index(x), index(y)];
    // Squares are numbered from −2 to 1 along both axes.
    const within = tf.logicalAnd(inside(column), inside(row));
    const even = tf.equal(tf.mod(tf.add(column, row), 2), 0);
    const density = tf.fill(x.shape, -Math.log(32));
    return tf.where(tf.logicalAnd(within, even), density, tf.fill(x.shape, -Infinity));
  },
  window: square(-4, 4),
}));

const inside = (t: tf.Tensor) => tf.equal(t, tf.clipByValue(t, -2, 1));
