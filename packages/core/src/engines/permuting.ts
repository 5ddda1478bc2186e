import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { channels } from '../tensors/channels';
import { orderBack, reordered } from '../tensors/reordered';
import { isometry } from './isometry';

/** y[…, i] = x[…, π(i)], the order π a function of the number of channels. */
export function permuting(name: string, orderOf: (n: number) => readonly number[]): Bijection {
  const orders = new Map<number, { there: readonly number[]; back: readonly number[] }>();
  const orderFor = (n: number) => {
    const known = orders.get(n);
    if (known) return known;
    const there = orderOf(n);
    const both = { there, back: orderBack(there) };
    orders.set(n, both);
    return both;
  };
  const permuted = (way: 'there' | 'back') => (x: tf.Tensor) =>
    reordered(x, orderFor(channels(x.shape))[way]);
  return isometry(name, { apply: permuted('there'), undo: permuted('back') });
}
