import * as tf from '@tensorflow/tfjs-core';
import { refuse, show } from '../../errors';
import { checkOptions, oneOf, whole } from '../../options';
import { batch, channels, sizeOf } from '../../tensors/channels';
import { type Projection, projection } from './projection';

export interface MonotoneOptions {
  /** The axis, counted with that of the batch. Default 1, the first spatial one, such as depth. */
  axis?: number;
  /** Default 'increasing'; equal numbers may follow one another. */
  direction?: 'increasing' | 'decreasing';
}

/**
 * x₁ ≤ x₂ ≤ … along an axis, such as a velocity that grows with depth: isotonic regression.
 *
 *     (P x)ᵢ = max over j ≤ i of min over k ≥ i of mean(xⱼ … xₖ)
 *
 * It takes n² numbers for each line of n. Robertson, Wright & Dykstra 1988, section 1.4.
 */
export function monotone(options: MonotoneOptions = {}): Projection {
  checkOptions('monotone', options, { axis: whole(1, 5), direction: oneOf('increasing', 'decreasing') });
  const { axis = 1, direction = 'increasing' } = options;
  const sign = direction === 'increasing' ? 1 : -1;
  return projection('monotone', (x) => {
    if (axis >= x.rank)
      refuse('monotone', `samples with an axis ${axis}`, show(x.shape), 'Choose another axis.');
    const [before, n] = [sizeOf(x.shape.slice(0, axis)), x.shape[axis] ?? 1];
    const lines = tf.transpose(tf.reshape(x, [before, n, -1]), [0, 2, 1]);
    const rows: tf.Tensor2D = tf.reshape(tf.mul(lines, sign), [-1, n]);
    const sorted = tf.reshape(tf.mul(isotonic(rows), sign), lines.shape);
    return tf.reshape(tf.transpose(sorted, [0, 2, 1]), x.shape);
  });
}

/** No mean of finite numbers is further out. */
const far = 3e38;

function isotonic(rows: tf.Tensor2D): tf.Tensor2D {
  const n = channels(rows.shape);
  // Without their mean, so that differences of sums round less.
  const centre = tf.mean(rows, 1, true);
  const until = tf.cumsum(tf.sub(rows, centre), 1);
  const before = tf.concat([tf.zeros([batch(rows), 1]), tf.slice(until, [0, 0], [-1, n - 1])], 1);
  const [j, k] = [tf.reshape(tf.range(0, n), [n, 1]), tf.range(0, n)];
  const count = tf.add(tf.sub(k, j), 1);
  const means = tf.div(tf.sub(tf.expandDims(until, 1), tf.expandDims(before, 2)), tf.maximum(count, 1));
  const upper = tf.greater(count, 0);
  const least = minimumFrom(tf.where(upper, means, far));
  const best: tf.Tensor2D = tf.max(tf.where(upper, least, -far), 1);
  return tf.add(best, centre);
}

/** The minimum over each number of the last axis and those after it, in log₂ n strides. */
function minimumFrom(t: tf.Tensor): tf.Tensor {
  const [rows = 0, lines = 0, n = 0] = t.shape;
  let low = t;
  for (let stride = 1; stride < n; stride *= 2) {
    const later = tf.slice(low, [0, 0, stride], [rows, lines, n - stride]);
    low = tf.minimum(low, tf.concat([later, tf.fill([rows, lines, stride], far)], 2));
  }
  return low;
}
