import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, Weights } from '../bijection';
import { checkBijection } from '../check';
import { refuse } from '../errors';
import { anyShape, checkValue } from '../options';
import { sizeOf } from '../tensors/channels';
import { singularValues } from './singular-values';

export interface Conditioning {
  /** σ_max / σ_min: how much larger a relative error of y is in x. float32 has seven digits; the inverse loses log₁₀ of it. */
  condition: number;
  /** Σ log σ */
  logAbsDet: number;
  /** max |M Mᵀ − I|: about 1e-7 for a map that keeps lengths, in float32. */
  orthogonalityError: number;
}

/**
 * How well a linear bijection can be undone: its matrix M, probed by every unit vector, and what is known of it in float64.
 *
 * shape: of x; its matrix has as many rows as a sample has numbers, so that [1, C] is best for a mixing of channels, and
 * [1, 2, 2, C] for a down-sampling. The tensors are read asynchronously.
 *
 * ```ts
 * const mixing = core.conv1x1({ kind: 'lu' });
 * const w = core.createWeights(mixing, [1, 6]);
 * const { condition, logAbsDet, orthogonalityError } = await core.conditioning(mixing, w, [1, 6]);
 * ```
 */
export async function conditioning(bijection: Bijection, w: Weights, shape: Shape): Promise<Conditioning> {
  checkBijection('conditioning', bijection);
  checkValue('conditioning', 'shape', shape, anyShape);
  const n = sizeOf(shape.slice(1));
  const y = tf.tidy(() => {
    const x = tf.reshape(tf.eye(n), [n, ...shape.slice(1)]);
    return tf.reshape(bijection.forward(x, w).y, [n, -1]);
  });
  const numbers = Float64Array.from(await y.data());
  y.dispose();
  if (!numbers.every(Number.isFinite)) {
    const remedy = 'Look at the weights: one of them is not finite, or is far out of range.';
    refuse(`conditioning of ${bijection.name}`, 'finite numbers', 'NaN or an infinity in the matrix', remedy);
  }
  const m = numbers.length / n;
  const rows = Array.from({ length: n }, (_, i) => numbers.slice(i * m, (i + 1) * m));
  const bend = rows.flatMap((p, i) =>
    rows.map((q, j) => Math.abs(p.reduce((sum, v, k) => sum + v * q[k]!, i === j ? -1 : 0))),
  );
  const sigma = singularValues(rows);
  return {
    condition: sigma[0]! / sigma.at(-1)!,
    logAbsDet: sigma.reduce((sum, s) => sum + Math.log(s), 0),
    orthogonalityError: bend.reduce((worst, b) => Math.max(worst, b), 0),
  };
}
