import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { perElement } from '../tensors/channels';

/** The nearest point of a convex set, for each sample: [batch, …] → [batch, …]. */
export type Projection = (x: tf.Tensor) => tf.Tensor;

export interface BoxOptions {
  /** A number, or one for each number of a sample. Default: no bound. */
  low?: number | tf.Tensor;
  high?: number | tf.Tensor;
}

/** low ≤ x ≤ high, number by number:  P x = min(max(x, low), high). */
export const box =
  ({ low = -Infinity, high = Infinity }: BoxOptions): Projection =>
  (x) =>
    tf.tidy(() => tf.minimum(tf.maximum(x, low), high));

export interface BallOptions {
  radius: number;
  /** Of the shape of a sample. Default: the origin. */
  centre?: tf.Tensor | number;
}

/** ‖x − m‖₂ ≤ r about the centre m:  P x = m + (x − m)·min(1, r/‖x − m‖). */
export function ball({ radius, centre = 0 }: BallOptions): Projection {
  if (!(radius >= 0 && Number.isFinite(radius))) {
    refuse('ball', 'a radius ≥ 0', radius, 'Give the largest distance from the centre.');
  }
  return (x) =>
    tf.tidy(() => {
      const d = tf.sub(x, centre);
      const rows = tf.reshape(d, [d.shape[0], -1]);
      // Of numbers up to 1, so that squares of large ones do not overflow.
      const size = tf.maximum(tf.max(tf.abs(rows), 1, true), 1e-30);
      const norm = tf.mul(size, tf.sqrt(tf.sum(tf.square(tf.div(rows, size)), 1, true)));
      const factor = tf.div(radius, tf.maximum(norm, Math.max(radius, 1e-30)));
      return tf.add(centre, tf.mul(d, perElement(factor, x.rank)));
    });
}

export interface SlabOptions {
  /** The weight of each number of a sample, of its shape; not all zero. */
  normal: tf.Tensor;
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ ⟨a, x⟩ ≤ high:  P x = x + a·(clip⟨a, x⟩ − ⟨a, x⟩)/‖a‖². With one bound it is a half-space. */
export function slab({ normal: a, low = -Infinity, high = Infinity }: SlabOptions): Projection {
  checkOrder('slab', low, high);
  return (x) =>
    tf.tidy(() => {
      const rows = tf.reshape(x, [x.shape[0], -1]);
      const column = tf.reshape(a, [-1, 1]);
      const product = tf.matMul(rows, column);
      const excess = tf.sub(tf.clipByValue(product, low, high), product);
      const step = tf.div(excess, tf.sum(tf.square(column)));
      return tf.reshape(tf.add(rows, tf.mul(step, tf.reshape(a, [1, -1]))), x.shape);
    });
}

/** ⟨a, x⟩ ≤ b. */
export const halfspace = ({ normal, offset }: { normal: tf.Tensor; offset: number }): Projection =>
  slab({ normal, high: offset });

export interface MassOptions {
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ Σ x ≤ high, such as the area of a class: what is missing, or too much, is shared by all D numbers of a sample. */
export function totalMass({ low = -Infinity, high = Infinity }: MassOptions): Projection {
  checkOrder('totalMass', low, high);
  return (x) => tf.tidy(() => slab({ normal: tf.ones(x.shape.slice(1)), low, high })(x));
}

export interface AffineSetOptions {
  /** A, on a batch of samples, and its pseudo-inverse A⁺. */
  apply(x: tf.Tensor): tf.Tensor;
  pseudoInverse(r: tf.Tensor): tf.Tensor;
  b: tf.Tensor;
}

/** A x = b:  P x = x − A⁺(A x − b). */
export const affineSet =
  ({ apply, pseudoInverse, b }: AffineSetOptions): Projection =>
  (x) =>
    tf.tidy(() => tf.sub(x, pseudoInverse(tf.sub(apply(x), b))));

function checkOrder(where: string, low: number, high: number): void {
  if (low <= high) return;
  refuse(where, 'low ≤ high', `low ${low}, high ${high}`, 'No sample is in an empty set.');
}
