import * as tf from '@tensorflow/tfjs-core';

/** A list of numbers for each tensor. */
type Numbers<T> = { -readonly [K in keyof T]: number[] };

/** The numbers of the tensors that f makes, which are freed. In one read, and none is synchronous: webgpu has no such thing. */
export async function read<T extends readonly [] | readonly tf.Tensor[]>(f: () => T): Promise<Numbers<T>> {
  let sizes: number[] = [];
  const flat = tf.tidy(() => {
    const tensors = f();
    sizes = tensors.map((t) => t.size);
    return tf.concat(tensors.map((t) => tf.reshape(t, [-1])));
  });
  try {
    const all = Array.from(await flat.data());
    let from = 0;
    return sizes.map((size) => {
      from += size;
      return all.slice(from - size, from);
    }) as Numbers<T>;
  } finally {
    flat.dispose();
  }
}

/** Σ aᵢ bᵢ in float64. */
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, u, i) => total + u * (b[i] ?? Number.NaN), 0);
