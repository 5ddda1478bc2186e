import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { haarSqueeze } from '../bijections/haar-squeeze';
import { identity } from '../bijections/identity';
import { type SqueezePattern, squeeze } from '../bijections/squeeze';
import { waveletSqueeze } from '../bijections/wavelet-squeeze';
import { bodyOf } from '../edge';
import { isometry } from '../engines/isometry';
import { either, oneOf, optionsOf } from '../options';
import type { Wavelet } from '../tensors/wavelets';

/** How a scale halves the spatial sizes: a pattern of `squeeze`, 'haar', a wavelet of `waveletSqueeze`, or not at all. */
export type Squeezing = SqueezePattern | 'haar' | 'none' | { wavelet: Wavelet };

export const squeezingRule = either(
  oneOf('checkerboard', 'patch', 'column', 'haar', 'none'),
  optionsOf('waveletSqueeze'),
);

/** The squeeze by its name. Vectors have nothing to squeeze and go through as they are. */
export function squeezing(kind: Squeezing): Bijection {
  if (kind === 'none') return identity;
  const b = bodyOf(bijectionOf(kind));
  const at = (rank: number) => (rank === 2 ? identity : b);
  return isometry(b.name, {
    outputShape: (shape) => at(shape.length).outputShape(shape),
    inputShape: (shape) => at(shape.length).inputShape(shape),
    apply: (x: tf.Tensor) => at(x.rank).forward(x, {}).y,
    undo: (y: tf.Tensor) => at(y.rank).inverse(y, {}).x,
  });
}

function bijectionOf(kind: Exclude<Squeezing, 'none'>): Bijection {
  if (kind === 'haar') return haarSqueeze();
  return typeof kind === 'object' ? waveletSqueeze(kind) : squeeze({ pattern: kind });
}
