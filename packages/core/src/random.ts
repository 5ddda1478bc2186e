import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from './bijection';

/** Normal numbers from a whole seed, the same on every backend. The half is there since tfjs takes 0 for no seed. */
export const randomNormal = (shape: Shape, seed: number, deviation = 1): tf.Tensor =>
  tf.randomNormal([...shape], 0, deviation, 'float32', seed + 0.5);

/** He et al. 2015, eq. 10: deviation √(2 / fan-in), for layers followed by a ReLU. shape: […kernel, in, out]. */
export const heNormal = (shape: Shape, seed: number): tf.Tensor =>
  randomNormal(shape, seed, Math.sqrt(2 / shape.slice(0, -1).reduce((n, size) => n * size, 1)));
