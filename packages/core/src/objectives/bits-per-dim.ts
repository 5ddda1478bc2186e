import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { type Levels, levelsRules } from '../distributions/dequantize';
import { checkOptions, checkValue, whole } from '../options';

/**
 * Nats per sample of data scaled to [0, 1] as bits per dimension of the data before, D whole numbers below `levels`.
 *
 *     bits = nll / (D log 2) + log₂ levels
 *
 * Give `levels: 1` for data that never were whole numbers.   Papamakarios et al. 2017, arXiv:1705.07057, appendix E.2.
 */
export function bitsPerDim(nll: number, dims: number, options?: Levels): number;
export function bitsPerDim(nll: tf.Tensor, dims: number, options?: Levels): tf.Tensor;
export function bitsPerDim(nll: number | tf.Tensor, dims: number, options: Levels = {}): number | tf.Tensor {
  if (typeof nll !== 'number') checkTensor('bitsPerDim', 'nll', nll);
  checkValue('bitsPerDim', 'dims', dims, { ...whole(1, 2 ** 31), remedy: 'Count the numbers of a sample.' });
  checkOptions('bitsPerDim', options, levelsRules);
  const [perNat, offset] = [1 / (dims * Math.LN2), Math.log2(options.levels ?? 256)];
  if (typeof nll === 'number') return nll * perNat + offset;
  return tf.tidy(() => tf.add(tf.mul(nll, perNat), offset));
}
