import * as tf from '@tensorflow/tfjs-core';
import { type HeapKernel, places, sameNumbers } from './heap';

/** A block of a tensor, read in place: the stock kernel copies the whole tensor first. */
export const slice: HeapKernel<{ begin: number[]; size: number[] }> = ({ x }, { begin, size }, heap) => {
  if (!sameNumbers([x])) return undefined;
  const [from = begin, sizes = size] = tf.slice_util.parseSliceParams(x, begin, size);
  return block(x, from, sizes, heap);
};

/** Neighbouring blocks along an axis. */
export const splitV: HeapKernel<{ numOrSizeSplits: number[] | number; axis: number }> = (
  { x },
  { numOrSizeSplits, axis },
  heap,
) => {
  if (!sameNumbers([x])) return undefined;
  const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
  const parts = tf.backend_util.prepareSplitSize(x, numOrSizeSplits, along);
  let from = 0;
  return parts.map((part) => {
    const begin = x.shape.map((_, i) => (i === along ? from : 0));
    from += part;
    return block(
      x,
      begin,
      x.shape.map((n, i) => (i === along ? part : n)),
      heap,
    );
  });
};

function block(x: tf.TensorInfo, begin: number[], size: number[], heap: Parameters<HeapKernel>[2]) {
  tf.slice_util.assertParamsValid(x, begin, size);
  const y = heap.makeOutput(size, x.dtype);
  const { copy, at } = places(heap, [x, y]);
  const strides = [...tf.util.computeStrides(x.shape), 1];
  // From the last axis that is cut on, what is wanted lies in one row.
  let cut = size.length - 1;
  while (cut > 0 && size[cut] === x.shape[cut]) cut--;
  const length = size[cut]! * strides[cut]!;
  const [rows, stepFrom] = cut > 0 ? [size[cut - 1]!, strides[cut - 1]!] : [1, 0];
  let to = at[1]!;
  const walk = (axis: number, from: number): void => {
    if (axis < cut - 1) {
      for (let i = 0; i < size[axis]!; i++) walk(axis + 1, from + i * strides[axis]!);
      return;
    }
    copy({ from, to, rows, length, stepFrom, stepTo: length });
    to += rows * length;
  };
  walk(
    0,
    begin.reduce((sum, i, axis) => sum + i * strides[axis]!, at[0]!),
  );
  return y;
}
