import * as tf from '@tensorflow/tfjs-core';
import { channels, pixelRows } from './channels';

/** Up to so many channels a product with a matrix of zeros and ones is faster than to gather one number at a time (8 × on wasm). */
const mostInMatrix = 64;

/** y[…, i] = x[…, order[i]] */
export const reordered = (x: tf.Tensor, order: readonly number[]): tf.Tensor =>
  tf.reshape(taken(pixelRows(x), order), x.shape);

/** The order that undoes another. */
export function orderBack(order: readonly number[]): number[] {
  const back = new Array<number>(order.length);
  for (const [to, from] of order.entries()) back[from] = to;
  return back;
}

/** The columns of rows in an order. */
function taken(rows: tf.Tensor2D, order: readonly number[]): tf.Tensor {
  const n = channels(rows.shape);
  if (n > mostInMatrix) return tf.gather(rows, tf.tensor1d([...order], 'int32'), 1);
  const ones = new Float32Array(n * n);
  for (const [to, from] of order.entries()) ones[from * n + to] = 1;
  return tf.matMul(rows, tf.tensor2d(ones, [n, n]));
}
