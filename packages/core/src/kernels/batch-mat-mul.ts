import * as tf from '@tensorflow/tfjs-core';

/** A product with its transposes written out, of which every gradient of a dense layer has one: as flags they take up to ten times as long. */
export function batchMatMul(
  { a, b }: { a: tf.Tensor; b: tf.Tensor },
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.Tensor | undefined {
  if (!transposeA && !transposeB) return undefined;
  const turned = (t: tf.Tensor) => {
    const axes = t.shape.map((_, i) => i);
    return tf.transpose(t, [...axes.slice(0, -2), t.rank - 1, t.rank - 2]);
  };
  return tf.tidy(() => tf.matMul(transposeA ? turned(a) : a, transposeB ? turned(b) : b));
}
