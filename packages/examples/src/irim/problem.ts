import type { LinearOperator, Penalty } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

/** A linear inverse problem with images to learn from, and others to be tested on. */
export interface Problem {
  name: string;
  /** As in 'Limited-angle tomography'. */
  title: string;
  operator: LinearOperator;
  /** Deviation of the noise, as a part of the root mean square of the data. */
  noise: number;
  /** What the grey scale of a picture shows: its ends stand for black and white. */
  range: readonly [low: number, high: number];
  /** Numbers are of both signs. */
  signed: boolean;
  /** What the rows and columns of the data are, such as 'angles × bins'. */
  axes: string;
  /** Images to train on, other ones for every seed. */
  draw(count: number, seed: number): tf.Tensor4D;
  /** Images that nothing was trained on, by their name. */
  tests: Record<string, tf.Tensor4D>;
  /** Regularisers that the field uses, by their name, at a weight. */
  penalties: Record<string, (weight: number) => Penalty>;
}

/** Largest minus smallest number of an image. */
export const peakOf = ({ range: [low, high] }: Problem): number => high - low;

/** Noisy data of images. */
export const measured = ({ operator, noise }: Problem, x: tf.Tensor, seed: number): tf.Tensor =>
  tf.tidy(() => {
    const clean = operator.apply(x);
    const deviation = tf.mul(tf.sqrt(tf.mean(tf.square(clean))), noise);
    return tf.add(clean, tf.mul(tf.randomNormal(clean.shape, 0, 1, 'float32', seed + 0.5), deviation));
  });
