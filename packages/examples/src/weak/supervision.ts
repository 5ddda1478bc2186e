import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { Scene } from './scene';

/** What a network's output is held to; the less, the nearer. */
export type Loss = (y: tf.Tensor) => tf.Scalar;

/** Edges between voxels of 4 mm that the boundary of the brain has at most in a slice. */
const boundary = 170;

const sum = (t: tf.Tensor): tf.Scalar => tf.sum(t);

/**
 * Three ways to use what is known. Each is half a mean squared distance from the output to sets:
 *
 *     labels              y = 1 at the points of the brain
 *     labels, unlabelled  and y = 0 at all other voxels, labels and others with the same weight
 *     constraint sets     y = 1 at the points, the area of each slice between its bounds, total variation at most that of a boundary
 */
export const supervisions = {
  labels: (scene: Scene): Loss => atPoints(scene),
  unlabelled(scene: Scene): Loss {
    const labels = atPoints(scene);
    return (y) => {
      const others = tf.sub(1, scene.points);
      return tf.add(labels(y), tf.div(sum(tf.mul(others, tf.square(y))), tf.mul(2, sum(others))));
    };
  },
  sets(scene: Scene): Loss {
    const labels = atPoints(scene);
    const sets = [core.area(scene.area), core.totalVariation({ radius: boundary, iterations: 10 })];
    const distances = sets.map(core.distanceToSet);
    return (y) => tf.addN([labels(y), ...distances.map((d) => tf.div<tf.Scalar>(sum(d(y)), y.size))]);
  },
};

export type Supervision = keyof typeof supervisions;

function atPoints({ points }: Scene): Loss {
  const distance = core.distanceToSet(core.points({ mask: points, value: 1 }));
  return (y) => tf.div(sum(distance(y)), sum(points));
}

/** What the ways are called in tables and pictures. */
export const titles: Record<Supervision, string> = {
  labels: 'labels alone',
  unlabelled: 'labels, unlabelled as the rest',
  sets: 'labels and constraint sets',
};
