import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../check';
import { checkOptions, either, finite, required, tensor } from '../../options';
import { type Projection, projection } from './projection';

export interface PointsOptions {
  /** Not zero where a number is known: of the shape of a sample, or of a batch of them. */
  mask: tf.Tensor;
  /** What is known there. */
  value: number | tf.Tensor;
}

/** x = v where the mask is not zero, such as labels of a few pixels:  P x = v there, x elsewhere. */
export function points(options: PointsOptions): Projection {
  checkOptions('points', options, { mask: required(tensor), value: required(either(finite, tensor)) });
  const { mask, value } = options;
  checkTensor('points', 'mask', mask);
  return projection('points', (x) => tf.where(tf.notEqual(mask, 0), value, x), [mask, value]);
}
