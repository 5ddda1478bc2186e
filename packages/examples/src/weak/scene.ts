import { withMemory } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { loadBrain } from '../data/brain';
import { floatsOf } from '../measure';
import { brainOf } from './brain-mask';
import { drawPoints } from './points';

/** Axial slices from the ventricles to the crown, from below. */
export const slices = [40, 44, 48, 52, 56, 60] as const;
const apart = slices[1] - slices[0];
/** Voxels of 2 mm that the network sees, and those of 4 mm that it decides on. */
export const [height, width] = [104, 88] as const;
export const [rows, columns] = [height / 2, width / 2] as const;

/** The area is known to so much of a slice. */
const percent = 0.05;

/** What is seen, what is known, and the truth. */
export interface Scene {
  /** T1-weighted intensity, and a channel that is empty: [slices, height, width, 2]. */
  input: tf.Tensor4D;
  /** 1 in the brain: [slices, rows, columns, 1]. */
  truth: tf.Tensor4D;
  /** The part of each slice that is brain, at least and at most. */
  area: { least: number[]; most: number[] };
  /** 1 at the points of the brain that somebody has marked: [slices, rows, columns, 1]. */
  points: tf.Tensor4D;
}

/** A head in which a few points of each slice are known to be brain, and the area of the brain between bounds. */
export async function sceneOf({ points, seed }: { points: number; seed: number }): Promise<Scene> {
  const { input, truth, parts } = tf.tidy(() => {
    const { shape, t1, labels } = loadBrain();
    const begin = [slices[0], (shape[1] - height) / 2, (shape[2] - width) / 2];
    const cut = (volume: ArrayLike<number>) => {
      const block = [apart * slices.length, height, width];
      const all = tf.slice(tf.tensor(Float32Array.from(volume), [...shape]), begin, block);
      const each = tf.reshape(all, [slices.length, apart, height, width]);
      return tf.reshape<tf.Rank.R4>(tf.slice(each, 0, [-1, 1, -1, -1]), [slices.length, height, width, 1]);
    };
    const halved: tf.Tensor4D = tf.avgPool(brainOf(cut(labels)), 2, 2, 'valid');
    const truth: tf.Tensor4D = tf.cast(tf.greaterEqual<tf.Tensor4D>(halved, 0.5), 'float32');
    return { input: withMemory(tf.mul(cut(t1), 2), 1), truth, parts: tf.mean(truth, [1, 2, 3]) };
  });
  const least = Array.from(await floatsOf(parts), (part) => percent * Math.floor(part / percent));
  const marked = drawPoints(await floatsOf(tf.clone(truth)), { slices: slices.length, count: points, seed });
  return {
    input: tf.reshape(input, [slices.length, height, width, 2]),
    truth,
    area: { least, most: least.map((part) => part + percent) },
    points: tf.tensor4d(marked, truth.shape),
  };
}
