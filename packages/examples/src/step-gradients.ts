import type * as tf from '@tensorflow/tfjs';
import type { Libraries } from './libraries';

/** Gradients of the mean of the model's output, of all variables. The caller disposes them. */
export function stepGradients(
  { tf }: Pick<Libraries, 'tf'>,
  model: tf.LayersModel,
  x: tf.Tensor | tf.Tensor[],
): tf.Tensor[] {
  const { value, grads } = tf.variableGrads(() => {
    const y = model.apply(x, { training: true });
    if (y instanceof tf.Tensor) return tf.mean(y);
    throw new TypeError(`The model "${model.name}" has several outputs.`);
  });
  value.dispose();
  return Object.values(grads);
}
