import type * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../tensors/channels';

/** Numbers in float64, row after row, so that a conversion loses nothing. */
export interface NumberArray {
  shape: readonly number[];
  numbers: readonly number[];
}

/** The values of tensors by name, read asynchronously. */
export async function arraysOf(tensors: Record<string, tf.Tensor>): Promise<Map<string, NumberArray>> {
  const read = async ([name, t]: [string, tf.Tensor]) =>
    [name, { shape: t.shape, numbers: Array.from(await t.data()) }] as const;
  return new Map(await Promise.all(Object.entries(tensors).map(read)));
}

/** A matrix by its entries. */
export const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): NumberArray => ({
  shape: [rows, columns],
  numbers: Array.from({ length: rows * columns }, (_, k) => at(Math.floor(k / columns), k % columns)),
});

/** A vector by its entries. */
export const vector = (numbers: readonly number[]): NumberArray => ({ shape: [numbers.length], numbers });

/** A number of a matrix; 0 beside it. */
export const entry = ({ shape, numbers }: NumberArray, i: number, j: number): number =>
  numbers[i * (shape[1] ?? 0) + j] ?? 0;

/** The numbers of an array without the axes of size 1 that broadcast it. */
export const flat = (a: NumberArray): NumberArray => vector(a.numbers);

export const transpose = (a: NumberArray): NumberArray =>
  matrix(a.shape[1] ?? 0, sizeOf(a.shape) / (a.shape[1] ?? 1), (i, j) => entry(a, j, i));
