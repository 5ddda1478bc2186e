import type { Dataset } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { linesOfGrid, pointsOfLine, type Square } from '../protocol';

/** The smallest square with the same centre that holds a window. */
export function squareAround([[left, right], [bottom, top]]: Dataset['window']): Square {
  const half = Math.max(right - left, top - bottom) / 2;
  const around = (middle: number) => [middle - half, middle + half] as const;
  return [around((left + right) / 2), around((bottom + top) / 2)];
}

/** The middles of side × side pixels, by rows from the top, [side², 2]. */
export function pixelsOf([[left, right], [bottom, top]]: Square, side: number): tf.Tensor2D {
  const points = new Float32Array(2 * side ** 2);
  for (let k = 0; k < side ** 2; k++) {
    points[2 * k] = left + ((right - left) * ((k % side) + 0.5)) / side;
    points[2 * k + 1] = top - ((top - bottom) * (Math.floor(k / side) + 0.5)) / side;
  }
  return tf.tensor2d(points, [side ** 2, 2]);
}

/** First the lines along the first axis. */
export function gridOfLatents(): tf.Tensor2D {
  const along = Array.from({ length: pointsOfLine }, (_, i) => -3 + (6 * i) / (pointsOfLine - 1));
  const across = Array.from({ length: linesOfGrid }, (_, i) => -3 + (6 * i) / (linesOfGrid - 1));
  const lines = across.flatMap((v) => along.map((u) => [u, v]));
  return tf.tensor2d([...lines, ...lines.map(([u = 0, v = 0]) => [v, u])]);
}

/** Draws from the standard normal, whose places in the plane of data are the samples. */
export const latentsOfSamples = (n: number, seed: number): tf.Tensor2D =>
  tf.randomNormal([n, 2], 0, 1, 'float32', seed + 0.5);
