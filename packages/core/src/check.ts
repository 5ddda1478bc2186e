import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, WeightSpec, Weights } from './bijection';
import { refuse, show } from './errors';

/** Refuses a shape that is not [batch, …0 to 3 spatial axes, channels]; sizes that are not known yet are NaN. */
export function checkShape(where: string, shape: Shape, axes: readonly number[] = [0, 1, 2, 3]): void {
  const fits = (n: number, i: number) =>
    Number.isNaN(n) ? i < shape.length - 1 : Number.isInteger(n) && n > 0;
  if (axes.includes(shape.length - 2) && shape.every(fits)) return;
  const [least, most] = [Math.min(...axes), Math.max(...axes)];
  const spatial = least === most ? `${least}` : `${least} to ${most}`;
  refuse(
    where,
    `a shape [batch, …${spatial} spatial axes, channels] of positive sizes`,
    show(shape),
    least > 0 && shape.length === 2
      ? 'Vectors have no spatial axes: reshape them first.'
      : 'Reshape the input, channels last.',
  );
}

/** Refuses a cotangent or a tangent of another shape than its tensor. */
export function checkLike(where: string, what: string, t: tf.Tensor, shape: Shape): void {
  checkTensor(where, what, t);
  if (t.rank === shape.length && t.shape.every((n, i) => n === shape[i])) return;
  refuse(where, `${what} of shape ${show(shape)}`, show(t.shape), 'It belongs to a tensor of that shape.');
}

/** Refuses a condition for another number of samples. */
export function checkCondition(where: string, c: tf.Tensor, x: tf.Tensor): void {
  checkTensor(where, 'the condition', c);
  if (c.shape[0] === x.shape[0]) return;
  const remedy = 'Repeat it along the batch with tf.tile.';
  refuse(where, `a condition for each of ${x.shape[0] ?? 0} samples`, `shape ${show(c.shape)}`, remedy);
}

/** Refuses weights, or tangents of them, that lack one, or have one of another shape or type. Weights of others may be there. */
export function checkWeights(where: string, specs: readonly WeightSpec[], w: Weights): void {
  if (typeof w !== 'object' || w === null) refuse(where, 'weights by name', w, remedy);
  for (const { name, shape, fromOlder } of specs) {
    const t = Object.hasOwn(w, name) ? w[name] : undefined;
    if (!t) {
      const names = Object.keys(w);
      const older = 'Those that an older version saved go through upgradeWeights first.';
      const expected = `a weight ${name} of shape ${show(shape)}`;
      refuse(where, expected, names.join(', ') || 'none', fromOlder ? `${remedy} ${older}` : remedy);
    }
    const fits = t.shape.length === shape.length && t.shape.every((n, i) => n === shape[i]);
    if (!fits || t.dtype !== 'float32') {
      refuse(where, `a weight ${name} of float32 ${show(shape)}`, `${t.dtype} ${show(t.shape)}`, remedy);
    }
  }
}
const remedy = 'Make them by createWeights for this shape of x, and of the condition where there is one.';

export const isTensor = (t: unknown): t is tf.Tensor =>
  typeof t === 'object' && t !== null && 'dtype' in t && 'shape' in t && 'dataId' in t;

/** Refuses a value that is no living tensor of numbers; the type of numbers is another matter. */
export function checkLivingTensor(where: string, what: string, t: unknown): asserts t is tf.Tensor {
  if (!isTensor(t)) refuse(where, `${what} to be a tensor`, show(t), 'As in tf.tensor2d([[1, 2]]).');
  if (t.isDisposed) refuse(where, `${what} to be a living tensor`, 'a disposed one', 'Keep it for longer.');
  if (t.dtype === 'string' || t.dtype === 'complex64') {
    refuse(where, `${what} of numbers`, `${t.dtype} ${show(t.shape)}`, 'Cast it to float32.');
  }
}

/** Refuses an empty tensor too. */
export function checkTensor(where: string, what: string, t: unknown): asserts t is tf.Tensor {
  checkLivingTensor(where, what, t);
  if (t.size === 0) {
    refuse(where, `${what} with numbers in it`, `shape ${show(t.shape)}`, 'Leave empty batches out.');
  }
}

/** Refuses a tensor without an axis of samples. */
export function checkSamples(where: string, what: string, t: unknown): asserts t is tf.Tensor {
  checkTensor(where, what, t);
  if (t.rank > 0) return;
  refuse(where, `${what} of samples [batch, …]`, 'a scalar', 'Give it an axis of the batch.');
}

/** What a bijection must be: an object with the six maps. */
export function checkBijection(where: string, b: unknown): asserts b is Bijection {
  if (typeof b === 'object' && b !== null && 'forward' in b && 'inverse' in b && 'pullback' in b) return;
  refuse(where, 'a bijection', show(b), 'As in core.actNorm().');
}

/** Refuses a single channel where some channels move others. */
export function checkSeveral(where: string, channels: number): void {
  if (channels !== 1) return;
  const remedy =
    'One feature alone is moved by spline and autoregressive, or by conditionalSpline and conditionalAffine of a condition; images can be squeezed.';
  refuse(where, 'at least 2 channels, of which some move others', '1', remedy);
}
