import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, WeightSpec, Weights } from '../bijection';
import { reverse } from '../combinators/reverse';

/** A bijection at a point: weights away from their trivial start, an input and, maybe, a condition. */
export interface Sample {
  bijection: Bijection;
  x: tf.Tensor;
  w: Weights;
  c?: tf.Tensor;
}

/** Weights inside a composition that do not train: they stay where they start. */
export const isAtRest = ({ name, trainable = true }: WeightSpec): boolean => !trainable && name.includes('/');

/** A bijection at random weights, a normal input of a shape, batch first, and a condition where its shape is given. */
export function sample(
  bijection: Bijection,
  shape: Shape,
  { seed = 1, condition }: { seed?: number; condition?: Shape } = {},
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
  return { bijection, x: normal(shape, 50), w, ...(c && { c }) };
}

/** The reverse of a bijection at the image of the point. */
export function reversed({ bijection, x, w, c }: Sample): Sample {
  const { y, logDet } = bijection.forward(x, w, c);
  tf.dispose([x, logDet]);
  return { bijection: reverse(bijection), x: y, w, ...(c && { c }) };
}

/** Disposes all tensors of a sample. */
export const freeSample = ({ x, w, c }: Sample): void => tf.dispose([x, w, c ?? []]);
