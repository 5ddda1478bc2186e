import * as tf from '@tensorflow/tfjs-core';
import { tidy } from '../tidy';

/** Σ of lists of tensors, made term by term: what each takes on its way, and the sum before, are freed. */
export function accumulated() {
  let sum: tf.Tensor[] | undefined;
  return {
    add(make: () => tf.Tensor[]) {
      const before = sum;
      sum = tidy(() => {
        const own = make();
        return before ? own.map((t, i) => tf.add(before[i] ?? 0, t)) : own;
      });
      tf.dispose(before ?? []);
    },
    /** Nothing where there was no term. */
    total: () => sum,
  };
}
