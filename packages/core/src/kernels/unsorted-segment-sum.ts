import * as tf from '@tensorflow/tfjs-core';

/** y[s] = Σ over the rows of x whose segment is s: the gradient of `gather`. A negative segment is left out. */
export function unsortedSegmentSum(x: tf.Tensor, segments: tf.Tensor, count: number): tf.Tensor {
  const size = x.size / segments.size;
  const y = new Float32Array(count * size);
  const rows = x.dataSync();
  segments.dataSync().forEach((segment, row) => {
    if (segment < 0) return;
    for (let k = 0; k < size; k++) y[segment * size + k]! += rows[row * size + k]!;
  });
  return tf.tensor(y, [count, ...x.shape.slice(segments.rank)], x.dtype);
}
