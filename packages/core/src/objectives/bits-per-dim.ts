import * as tf from '@tensorflow/tfjs-core';
import { checkLevels, type Levels } from '../distributions/dequantize';

/**
 * Nats per sample of data scaled to [0, 1] as bits per dimension of the data before, D whole numbers below `levels`.
 *
 *     bits = nll / (D log 2) + log₂ levels
 *
 * Give `levels: 1` for data that never were whole numbers.   Papamakarios et al. 2017, arXiv:1705.07057, appendix E.2.
 */
export function bitsPerDim(nll: number, dims: number, options?: Levels): number;
export function bitsPerDim(nll: tf.Tensor, dims: number, options?: Levels): tf.Tensor;
export function bitsPerDim(
  nll: number | tf.Tensor,
  dims: number,
  { levels = 256 }: Levels = {},
): number | tf.Tensor {
  checkLevels('bitsPerDim', levels);
  const [perNat, offset] = [1 / (dims * Math.LN2), Math.log2(levels)];
  if (typeof nll === 'number') return nll * perNat + offset;
  return tf.tidy(() => tf.add(tf.mul(nll, perNat), offset));
}
