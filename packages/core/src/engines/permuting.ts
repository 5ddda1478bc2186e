import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { channels, pixelRows } from '../tensors/channels';
import { isometry } from './isometry';

/** Up to so many channels a product with a matrix of zeros and ones is faster than to gather one number at a time (8 × on wasm). */
const mostInMatrix = 64;

/** y[…, i] = x[…, π(i)], the order π a function of the number of channels. */
export function permuting(name: string, orderOf: (n: number) => readonly number[]): Bijection {
  const orders = new Map<number, { there: readonly number[]; back: readonly number[] }>();
  const orderFor = (n: number) => {
    const known = orders.get(n);
    if (known) return known;
    const there = orderOf(n);
    const back = new Array<number>(n);
    for (const [to, from] of there.entries()) back[from] = to;
    orders.set(n, { there, back });
    return { there, back };
  };
  const permuted = (way: 'there' | 'back') => (x: tf.Tensor) => {
    const n = channels(x.shape);
    return tf.reshape(taken(pixelRows(x), orderFor(n)[way]), x.shape);
  };
  return isometry(name, { apply: permuted('there'), undo: permuted('back') });
}

/** The columns of rows in an order. */
function taken(rows: tf.Tensor2D, order: readonly number[]): tf.Tensor {
  const n = order.length;
  if (n > mostInMatrix) return tf.gather(rows, tf.tensor1d([...order], 'int32'), 1);
  const ones = new Float32Array(n * n);
  for (const [to, from] of order.entries()) ones[from * n + to] = 1;
  return tf.matMul(rows, tf.tensor2d(ones, [n, n]));
}
