import type * as tf from '@tensorflow/tfjs-core';
import type { HeapKernel } from './heap';

interface OneHotAttributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: tf.NumericDataType;
}

/** One-hot rows of the type that was asked for: the stock kernel writes whole numbers into every type, and 1 becomes 1.4e-45. */
export const oneHot: HeapKernel<OneHotAttributes, { indices: tf.TensorInfo }> = (
  { indices },
  { depth, onValue, offValue, dtype },
  heap,
) => {
  const y = heap.makeOutput([...indices.shape, depth], dtype);
  const rows = heap.typedArrayFromHeap(y).fill(offValue);
  heap.typedArrayFromHeap(indices).forEach((index, i) => {
    // As everywhere in tfjs, an index outside gives a row without a one.
    if (index >= 0 && index < depth) rows[i * depth + index] = onValue;
  });
  return y;
};
