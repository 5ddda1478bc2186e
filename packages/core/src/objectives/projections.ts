import * as tf from '@tensorflow/tfjs-core';
import { canReadSync } from '../autodiff/sync-read';
import { noGrad } from '../autodiff/tapes/no-grad';
import type { Shape } from '../bijection';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import { callable, checkOptions, either, finite, type Rule, required, tensor, within } from '../options';
import { batch, perElement, sizeOf } from '../tensors/channels';

/** The nearest point of a convex set, for each sample: [batch, …] → [batch, …]. */
export type Projection = (x: tf.Tensor) => tf.Tensor;

export interface BoxOptions {
  /** A number, or one for each number of a sample. Default: no bound. */
  low?: number | tf.Tensor;
  high?: number | tf.Tensor;
}

/** low ≤ x ≤ high, number by number:  P x = min(max(x, low), high). */
export function box(options: BoxOptions): Projection {
  checkOptions('box', options, { low: either(bound, tensor), high: either(bound, tensor) });
  const { low = -Infinity, high = Infinity } = options;
  if (typeof low === 'number' && typeof high === 'number') checkOrder('box', low, high);
  return projection('box', (x) => tf.minimum(tf.maximum(x, low), high), [low, high]);
}

export interface BallOptions {
  radius: number;
  /** Of the shape of a sample. Default: the origin. */
  centre?: tf.Tensor | number;
}

/** ‖x − m‖₂ ≤ r about the centre m:  P x = m + (x − m)·min(1, r/‖x − m‖). */
export function ball(options: BallOptions): Projection {
  checkOptions('ball', options, { radius: required(within(0, 1e30)), centre: either(finite, tensor) });
  const { radius, centre = 0 } = options;
  const nearest = (x: tf.Tensor) => {
    const d = tf.sub(x, centre);
    const rows = tf.reshape(d, [batch(d), -1]);
    // Of numbers up to 1, so that squares of large ones do not overflow.
    const size = tf.maximum(tf.max(tf.abs(rows), 1, true), 1e-30);
    const norm = tf.mul(size, tf.sqrt(tf.sum(tf.square(tf.div(rows, size)), 1, true)));
    const factor = tf.div(radius, tf.maximum(norm, Math.max(radius, 1e-30)));
    return tf.add(centre, tf.mul(d, perElement(factor, x.rank)));
  };
  return projection('ball', nearest, [centre]);
}

export interface SlabOptions {
  /** The weight of each number of a sample, of its shape; not all zero. */
  normal: tf.Tensor;
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ ⟨a, x⟩ ≤ high:  P x = x + a·(clip⟨a, x⟩ − ⟨a, x⟩)/‖a‖². With one bound it is a half-space. */
export function slab(options: SlabOptions): Projection {
  checkOptions('slab', options, { normal: required(tensor), low: bound, high: bound });
  const { normal: a, low = -Infinity, high = Infinity } = options;
  checkOrder('slab', low, high);
  checkTensor('slab', 'normal', a);
  if (canReadSync() && noGrad(() => tf.tidy(() => tf.max(tf.abs(a)).dataSync()[0])) === 0) {
    refuse('slab', 'a normal that is not all zero', 'zeros', 'Weigh at least one number of a sample.');
  }
  return projection('slab', (x) => {
    if (a.size !== sizeOf(x.shape.slice(1))) {
      const remedy = 'Give a weight for each number of a sample.';
      refuse('slab', `samples of shape ${show(a.shape)}, as the normal has`, show(x.shape), remedy);
    }
    return between(x, tf.reshape(a, [-1, 1]), low, high);
  });
}

/** low ≤ ⟨a, x⟩ ≤ high, a as a column. */
function between(x: tf.Tensor, a: tf.Tensor2D, low: number, high: number): tf.Tensor {
  const rows: tf.Tensor2D = tf.reshape(x, [batch(x), -1]);
  const product = tf.matMul(rows, a);
  const excess = tf.sub(tf.clipByValue(product, low, high), product);
  const step = tf.div(excess, tf.sum(tf.square(a)));
  return tf.reshape(tf.add(rows, tf.mul(step, tf.reshape(a, [1, -1]))), x.shape);
}

/** ⟨a, x⟩ ≤ b. */
export function halfspace(options: { normal: tf.Tensor; offset: number }): Projection {
  checkOptions('halfspace', options, { normal: required(tensor), offset: required(finite) });
  return slab({ normal: options.normal, high: options.offset });
}

export interface MassOptions {
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ Σ x ≤ high, such as the area of a class: what is missing, or too much, is shared by all D numbers of a sample. */
export function totalMass(options: MassOptions): Projection {
  checkOptions('totalMass', options, { low: bound, high: bound });
  const { low = -Infinity, high = Infinity } = options;
  checkOrder('totalMass', low, high);
  return projection('totalMass', (x) => between(x, tf.ones([sizeOf(x.shape.slice(1)), 1]), low, high));
}

export interface AffineSetOptions {
  /** A, on a batch of samples, and its pseudo-inverse A⁺. */
  apply(x: tf.Tensor): tf.Tensor;
  pseudoInverse(r: tf.Tensor): tf.Tensor;
  b: tf.Tensor;
}

/** A x = b:  P x = x − A⁺(A x − b). */
export function affineSet(options: AffineSetOptions): Projection {
  const rules = { apply: required(callable), pseudoInverse: required(callable), b: required(tensor) };
  checkOptions('affineSet', options, rules);
  const { b } = options;
  return projection('affineSet', (x) => {
    const seen = options.apply(x);
    checkTensor('affineSet', 'A x', seen);
    checkSpreads('affineSet', b, seen.shape);
    return tf.sub(x, options.pseudoInverse(tf.sub(seen, b)));
  });
}

/** A number, or none on that side. */
const bound: Rule = {
  expected: 'a number',
  holds: (value) => typeof value === 'number' && !Number.isNaN(value),
};

function checkOrder(where: string, low: number, high: number): void {
  if (low <= high) return;
  refuse(where, 'low ≤ high', `low ${low}, high ${high}`, 'No sample is in an empty set.');
}

/** A projection that checks what it gets; numbers or tensors `of` it are those of one sample. */
const projection =
  (where: string, nearest: Projection, of: readonly (tf.Tensor | number)[] = []): Projection =>
  (x) =>
    tf.tidy(() => {
      checkTensor(where, 'x', x);
      if (x.rank === 0) refuse(where, 'samples [batch, …]', 'a scalar', 'Give it an axis of the batch.');
      for (const t of of) if (typeof t !== 'number') checkSpreads(where, t, x.shape);
      return nearest(x);
    });

/** Refuses a tensor of a sample that does not spread over a batch of them. */
function checkSpreads(where: string, t: tf.Tensor, shape: Shape): void {
  checkTensor(where, 'a tensor of its options', t);
  const from = shape.length - t.rank;
  if (from >= 0 && t.shape.every((n, i) => n === 1 || n === shape[from + i])) return;
  refuse(
    where,
    `x of samples of shape ${show(t.shape)}`,
    show(shape),
    'Make the set for samples of this shape.',
  );
}
