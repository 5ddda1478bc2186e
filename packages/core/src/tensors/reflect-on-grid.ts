import * as tf from '@tensorflow/tfjs-core';

/** How numbers stay on a grid. */
export interface Rounding {
  round(t: tf.Tensor): tf.Tensor;
  /** The tensor, within the range of the grid. */
  within(t: tf.Tensor): tf.Tensor;
}

/**
 * A reflection by three shears, each rounded: on a grid it is its own inverse to the last bit.
 *
 *     (a, b) ← (c a + s b, s a − c b),   c = 1/√(1 + t²),  s = t c,  p = (1 − c)/s
 *     a ← a + p b      b ← s a − b      a ← a − p b
 *
 * Bruekers & van den Enden 1992; Daubechies & Sweldens 1998, doi:10.1007/BF02476026, section 7.
 */
export function reflectOnGrid(
  a: tf.Tensor,
  b: tf.Tensor,
  t: number,
  { round, within }: Rounding,
): [tf.Tensor, tf.Tensor] {
  const times = (v: tf.Tensor, k: number) => round(tf.mul(v, k));
  const [s, p] = [t / Math.hypot(1, t), t / (1 + Math.hypot(1, t))];
  const turned = tf.add(a, times(b, p));
  const second = tf.sub(times(turned, s), b);
  return [within(tf.sub(turned, times(second, p))), within(second)];
}
