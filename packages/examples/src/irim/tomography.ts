import { box, radonOperator, totalVariationPenalty } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { loadBrain } from '../data/brain';
import { phantoms } from './phantoms';
import type { Problem } from './problem';

export interface TomographyOptions {
  /** Pixels along each side. */
  size: number;
  /** Directions of the rays, over 120 of the 180 degrees. */
  angles: number;
  seed: number;
}

/** Phantoms that were drawn like those of the training, and slices of a head. */
const [held, slices] = [32, 16];

export function tomography({ size, angles, seed }: TomographyOptions): Problem {
  const directions = Array.from({ length: angles }, (_, k) => ((k + 0.5) / angles - 0.5) * (2 / 3) * Math.PI);
  return {
    name: 'tomography',
    title: `Tomography from ${angles} angles over 120°, 2 % noise, ${size} × ${size} pixels`,
    operator: radonOperator({ angles: directions, size }),
    noise: 0.02,
    range: [0, 1],
    signed: false,
    axes: 'angles × bins',
    draw: (count, at) => phantoms(count, size, at),
    tests: { 'held-out phantoms': phantoms(held, size, -2 - seed), 'slices of a real head': head(size) },
    penalties: {
      'total variation': (weight) =>
        totalVariationPenalty({ weight, set: box({ low: 0, high: 1 }), iterations: 10 }),
    },
  };
}

/** Axial slices of Colin27 from the base of the brain upwards, in a square, at the size of a training image. */
function head(size: number): tf.Tensor4D {
  const { shape, t1 } = loadBrain();
  const [depth, height, width] = shape;
  return tf.tidy(() => {
    const volume = tf.tensor3d(t1, [...shape]);
    const stack = Array.from({ length: slices }, (_, k) => {
      const z = Math.round(depth * (0.25 + (0.55 * k) / (slices - 1)));
      return tf.slice(volume, [z, 0, 0], [1, height, width]);
    });
    const side = Math.floor((height - width) / 2);
    const square = tf.pad(tf.concat(stack), [
      [0, 0],
      [0, 0],
      [side, height - width - side],
    ]);
    const scaled = averaged(averaged(tf.div(square, tf.max(square)), size, 1), size, 2);
    return tf.reshape(scaled, [slices, size, size, 1]);
  });
}

/** An axis shortened to so many pixels, each the mean of what it covers. */
function averaged(x: tf.Tensor, size: number, axis: 1 | 2): tf.Tensor {
  const n = x.shape[axis] ?? 1;
  const width = n / size;
  const share = tf.tensor2d(
    Array.from({ length: n }, (_, i) =>
      Array.from(
        { length: size },
        (_, k) => Math.max(0, Math.min(i + 1, (k + 1) * width) - Math.max(i, k * width)) / width,
      ),
    ),
  );
  const last = axis === 1 ? tf.transpose(x, [0, 2, 1]) : x;
  const [a = 1, b = 1] = last.shape;
  const y = tf.reshape(tf.matMul(tf.reshape<tf.Rank.R2>(last, [-1, n]), share), [a, b, size]);
  return axis === 1 ? tf.transpose(y, [0, 2, 1]) : y;
}
