import { checkLivingTensor, refuse, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** The condition of each of n samples, of the shape of one that a flow has, checked. One for all is repeated. */
export function conditionFor(
  wanted: readonly number[] | undefined,
  n: number,
  condition: tf.Tensor | undefined,
): tf.Tensor | undefined {
  rules.checkValue('flow', 'n', n, rules.whole(1, 2 ** 31));
  if (condition !== undefined) checkLivingTensor('flow', 'the condition', condition);
  const shape = condition?.shape;
  const got = shape ? `one of shape [${shape.join(', ')}]` : 'none';
  if (!wanted) {
    const remedy = 'Make the flow with the shape of a condition to have one.';
    return condition ? refuse('flow', 'no condition', got, remedy) : undefined;
  }
  const fits = shape && isLike(shape.slice(1), wanted) && (shape[0] === n || shape[0] === 1);
  if (!condition || !fits) {
    const sample = wanted.map((size) => (Number.isNaN(size) ? '?' : size)).join(', ');
    return refuse('flow', `a condition [${n}, ${sample}] or [1, ${sample}]`, got, 'Give it as `condition`.');
  }
  return condition.shape[0] === n ? condition : tf.tile(condition, [n, ...wanted.map(() => 1)]);
}

/** Whether a shape is the wanted one, in which NaN is any size. */
const isLike = (shape: readonly number[], wanted: readonly number[]): boolean =>
  shape.length === wanted.length && wanted.every((size, i) => Number.isNaN(size) || size === shape[i]);
