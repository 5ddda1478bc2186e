import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, type Shape } from '../bijection';
import { byChannels } from '../combinators/by-channels';
import { defineBijection, everyRank } from '../define';
import { isometry } from '../engines/isometry';
import { refuse, show } from '../errors';
import { randomOrder } from '../random';

export interface PermutationOptions {
  /** Which channel of x comes at each place of y: 0 … n−1 in any order. Default: a random one. */
  order?: readonly number[];
  /** Of the random order. Default 0. */
  seed?: number;
}

/**
 * Fixed permutation π of the channels, the same at every pixel.
 *
 *     y[…, i] = x[…, π(i)]      log|det J| = 0      x[…, π(i)] = y[…, i]
 *
 * x: [batch, …spatial, channels].   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.2.
 */
export const permutation = defineBijection(
  {
    className: 'InvertiblePermutation',
    source: 'Kingma & Dhariwal 2018, 3.2',
    logDet: '0',
    axes: everyRank,
    seeded: true,
  },
  ({ order, seed = 0 }: PermutationOptions = {}): Bijection => {
    if (!order) return byChannels('permutation', (n) => permuted('permutation', randomOrder(n, seed)));
    if (order.length === 0 || [...order].sort((a, b) => a - b).some((value, i) => value !== i)) {
      refuse(
        'permutation',
        'order to hold each of 0 … n−1 once',
        show(order),
        'Leave it out for a random one.',
      );
    }
    return permuted('permutation', order);
  },
);

/**
 * The channels in reverse order, so that a coupling changes what the one before it kept.
 *
 *     y[…, i] = x[…, n − 1 − i]      log|det J| = 0      its own inverse
 *
 * x: [batch, …spatial, n].   Dinh et al. 2017, arXiv:1605.08803, section 3.5.
 */
export const reverseChannels = defineBijection(
  {
    className: 'InvertibleReverseChannels',
    source: 'Dinh et al. 2017, 3.5',
    logDet: '0',
    axes: everyRank,
  },
  () =>
    byChannels('reverseChannels', (n) =>
      permuted(
        'reverseChannels',
        Array.from({ length: n }, (_, i) => n - 1 - i),
      ),
    ),
);

/** As a product with a matrix of zeros and ones: the wasm backend takes eight times as long to gather one number at a time. */
function permuted(name: string, order: readonly number[]): Bijection {
  const n = order.length;
  const same = (shape: Shape) => {
    checkShape(name, shape);
    if (channels(shape) === n) return [...shape];
    refuse(
      name,
      `${n} channels, as many as order has`,
      `shape ${show(shape)}`,
      'Give an order of that length, or none.',
    );
  };
  const ones = new Float32Array(n * n);
  const transposed = new Float32Array(n * n);
  order.forEach((from, to) => {
    ones[from * n + to] = 1;
    transposed[to * n + from] = 1;
  });
  const times = (t: tf.Tensor, matrix: Float32Array) =>
    tf.reshape(tf.matMul(tf.reshape(t, [-1, n]) as tf.Tensor2D, tf.tensor2d(matrix, [n, n])), t.shape);
  return isometry(name, {
    outputShape: same,
    inputShape: same,
    apply: (x) => times(x, ones),
    undo: (y) => times(y, transposed),
  });
}
