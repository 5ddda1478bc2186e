import type * as tf from '@tensorflow/tfjs-core';

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
 * The whole heap as one array, and where in it each tensor begins. To be asked for after all outputs have been made: an
 * allocation may grow the heap, and then every older view of it is empty.
 */
export function places(heap: Heap, tensors: readonly tf.TensorInfo[]): { words: Words; at: number[] } {
  const views = tensors.map((t) => heap.typedArrayFromHeap(t));
  const { buffer, BYTES_PER_ELEMENT } = views[0] ?? new Int32Array();
  return {
    // Bits are moved, not numbers: what a NaN carries stays.
    words: BYTES_PER_ELEMENT === 1 ? new Uint8Array(buffer) : new Int32Array(buffer),
    at: views.map((view) => view.byteOffset / BYTES_PER_ELEMENT),
  };
}

export type Words = Int32Array | Uint8Array;

interface Rows {
  from: number;
  to: number;
  rows: number;
  length: number;
  /** From the start of one row to that of the next. */
  stepFrom: number;
  stepTo: number;
}

/** A call of copyWithin costs as much as a loop over so many words. */
const few = 12;

/** Copies rows of numbers from one place on the heap to another. */
export function copyRows(words: Words, { from, to, rows, length, stepFrom, stepTo }: Rows): void {
  for (let row = 0; row < rows; row++, from += stepFrom, to += stepTo) {
    if (length > few) words.copyWithin(to, from, from + length);
    else for (let i = 0; i < length; i++) words[to + i] = words[from + i]!;
  }
}
