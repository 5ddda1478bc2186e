import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, WeightSpec, Weights } from '../bijection';
import { reverse } from '../combinators/reverse';

/** A bijection at a point: weights away from their trivial start, an input and, maybe, a condition. */
export interface Sample {
  bijection: Bijection;
  x: tf.Tensor;
  w: Weights;
  c?: tf.Tensor;
  /** Its values lie on a grid. */
  exact?: OnGrid;
}

/** Values n·step, and the map over the same weights whose values are not rounded: that one has differences, and a Taylor remainder. */
export interface OnGrid {
  step: number;
  smooth: Bijection;
}

/** The same point of the map without rounding. */
export const unrounded = ({ exact, ...at }: Sample): Sample =>
  exact ? { ...at, bijection: exact.smooth } : at;

/** Weights inside a composition that do not train: they stay where they start. */
export const isAtRest = ({ name, trainable = true }: WeightSpec): boolean => !trainable && name.includes('/');

/**
 * A bijection at random weights, a normal input of a shape, batch first, on the grid if there is one, and a condition where its
 * shape is given.
 */
export function sample(
  bijection: Bijection,
  shape: Shape,
  { seed = 1, condition, exact }: { seed?: number; condition?: Shape; exact?: OnGrid } = {},
): Sample {
  const normal = (s: Shape, k: number) => tf.randomNormal([...s], 0, 1, 'float32', seed + k);
  const c = condition && normal(condition, 99);
  // Weights that do not train are drawn where a map stands alone; inside others they stay at their start, so that these are no
  // worse conditioned for having them, and the draws of the other weights do not depend on them.
  const next = { trainable: 0, fixed: 1000 };
  const w = Object.fromEntries(
    bijection.weights(shape, condition).map((spec) => {
      const { name, shape: s, positive, trainable = true } = spec;
      if (isAtRest(spec)) return [name, spec.initialize(seed)];
      const i = next[trainable ? 'trainable' : 'fixed']++;
      const scale = name.endsWith('V')
        ? 1
        : 0.5 / Math.sqrt(Math.max(1, s.length > 1 ? s[s.length - 2]! : 1));
      const made = () => tf.mul(normal(s, i), scale);
      return [name, tf.tidy(() => (positive ? tf.add(0.5, tf.abs(made())) : made()))];
    }),
  );
  const drawn = normal(shape, 50);
  const x = exact ? roundedTo(exact.step, drawn) : drawn;
  return { bijection, x, w, ...(c && { c }), ...(exact && { exact }) };
}

function roundedTo(step: number, t: tf.Tensor): tf.Tensor {
  const rounded = tf.tidy(() => tf.mul(tf.floor(tf.add(tf.div(t, step), 0.5)), step));
  t.dispose();
  return rounded;
}

/** The reverse of a bijection at the image of the point. */
export function reversed({ bijection, x, w, c, exact }: Sample): Sample {
  const { y, logDet } = bijection.forward(x, w, c);
  tf.dispose([x, logDet]);
  const back = exact && { ...exact, smooth: reverse(exact.smooth) };
  return { bijection: reverse(bijection), x: y, w, ...(c && { c }), ...(back && { exact: back }) };
}

/** Disposes all tensors of a sample. */
export const freeSample = ({ x, w, c }: Sample): void => tf.dispose([x, w, c ?? []]);
