import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { channels, sizeOf } from '../tensors/channels';

/** Of the units of a layer: how many channels of their pixel they see, the first so many; −1 of the condition, which no pixel hides. */
export type Degrees = readonly number[];

/** Degrees of the layers of a network, from x, joined with the condition, to `perNumber` outputs for each of n channels in their order. */
export function degreesOf(
  kernels: readonly Shape[],
  perNumber: number,
  order: (n: number) => readonly number[],
): Degrees[] {
  const [first = [], last = []] = [kernels[0], kernels.at(-1)];
  const n = channels(last) / perNumber;
  const position = new Array<number>(n);
  for (const [at, channel] of order(n).entries()) position[channel] = at;
  const given = (first.at(-2) ?? n) - n;
  // Units of degree 0 see the condition and the pixels before; without these they would be constants.
  const least = given > 0 || sizeOf(first.slice(0, -2)) > 1 || n === 1 ? 0 : 1;
  const spread = (units: number) =>
    Array.from({ length: units }, (_, k) => least + Math.floor((k * (n - least)) / units));
  return [
    [...position.map((at) => at + 1), ...Array<number>(given).fill(-1)],
    ...kernels.slice(0, -1).map((shape) => spread(channels(shape))),
    Array.from({ length: channels(last) }, (_, j) => position[j % n] ?? 0),
  ];
}

/** 1 where a weight of a shape […kernel, from, to] may be: degrees do not fall, and of pixels to come only the condition is seen. */
export function maskOf(shape: Shape, from: Degrees, to: Degrees): tf.Tensor {
  const rows = (values: readonly number[]) => tf.tensor2d([...values], [values.length, 1]);
  const own = tf.step(tf.sub(tf.reshape(rows(to), [1, -1]), rows(from.map((d) => d - 0.5))));
  const around = (sizeOf(shape.slice(0, -2)) - 1) / 2;
  if (around === 0) return tf.reshape(own, [...shape]);
  const taps = (seen: readonly number[]) =>
    tf.broadcastTo(tf.expandDims(rows(seen), 0), [around, from.length, to.length]);
  const [before, after] = [taps(from.map(() => 1)), taps(from.map((d) => Number(d < 0)))];
  return tf.reshape(tf.concat([before, tf.expandDims(own, 0), after], 0), [...shape]);
}
