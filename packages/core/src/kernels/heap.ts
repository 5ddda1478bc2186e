import type * as tf from '@tensorflow/tfjs-core';
import { type Simd, simdOf } from './simd/module';

/** What the wasm backend offers for work in its memory. */
export interface Heap {
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(t: tf.TensorInfo): tf.backend_util.TypedArray;
  incRef(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId): boolean;
}

/** A kernel that works on the heap; undefined where it leaves the work to the stock kernel. */
export type HeapKernel<Attrs = object, Inputs = { x: tf.TensorInfo }> = (
  inputs: Inputs,
  attrs: Attrs,
  heap: Heap,
) => tf.TensorInfo | tf.TensorInfo[] | undefined;

const members: readonly (keyof Heap)[] = ['makeOutput', 'typedArrayFromHeap', 'incRef', 'disposeData'];

/** The heap of a backend, if it has all that is needed: no more than that is taken for granted of any version. */
export function heapOf(backend: unknown): Heap | undefined {
  const maybe = backend as Partial<Heap>;
  return members.every((name) => typeof maybe[name] === 'function') ? (maybe as Heap) : undefined;
}

/** Tensors that lie on the heap as numbers of one kind; strings do not. */
export const sameNumbers = (tensors: readonly tf.TensorInfo[]): boolean =>
  tensors.every(({ dtype }) => ['float32', 'int32', 'bool'].includes(dtype) && dtype === tensors[0]?.dtype);

/**
 * Where in the heap each tensor begins, in numbers, and what copies rows of numbers from one place to another. To be asked for after
 * all outputs have been made: an allocation may grow the heap, and then every older view of it is empty.
 */
export function places(
  heap: Heap,
  tensors: readonly tf.TensorInfo[],
): { at: number[]; copy: (rows: Rows) => void } {
  const views = tensors.map((t) => heap.typedArrayFromHeap(t));
  const { buffer, BYTES_PER_ELEMENT: bytes } = views[0] ?? new Int32Array();
  const simd = bytes === 4 ? simdOf(heap) : undefined;
  // Bits are moved, not numbers: what a NaN carries stays.
  const words = bytes === 1 ? new Uint8Array(buffer) : new Int32Array(buffer);
  return {
    at: views.map((view) => view.byteOffset / bytes),
    copy: simd ? (rows) => copyBytes(simd, rows) : (rows) => copyWords(words, rows),
  };
}

export interface Rows {
  from: number;
  to: number;
  rows: number;
  length: number;
  /** From the start of one row to that of the next. */
  stepFrom: number;
  stepTo: number;
}

const copyBytes = (simd: Simd, { from, to, rows, length, stepFrom, stepTo }: Rows): void =>
  simd.copyRows(4 * from, 4 * to, rows, 4 * length, 4 * stepFrom, 4 * stepTo);

/** A call of copyWithin costs as much as a loop over so many words. */
const few = 12;

/** Without SIMD, or for truth values. */
function copyWords(words: Int32Array | Uint8Array, { from, to, rows, length, stepFrom, stepTo }: Rows): void {
  for (let row = 0; row < rows; row++, from += stepFrom, to += stepTo) {
    if (length > few) words.copyWithin(to, from, from + length);
    else for (let i = 0; i < length; i++) words[to + i] = words[from + i]!;
  }
}
