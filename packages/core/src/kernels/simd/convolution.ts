import type * as tf from '@tensorflow/tfjs-core';
import { type Heap, places } from '../heap';
import { frame, frameSize, needsFrame } from './frame';
import { flat, framed, type Geometry, product } from './geometry';
import type { Simd } from './module';

interface Options {
  /** The filter is that of the transposed map: turned round, its channels swapped. */
  turned?: boolean;
}

/** Rounded up to a multiple of four. */
export const fours = (n: number): number => (n + 3) & ~3;

/** y = x ⋆ W, row by row. `shape` is that of y. */
export function convolution(
  [heap, simd]: readonly [Heap, Simd],
  [x, filter]: readonly [tf.TensorInfo, tf.TensorInfo],
  given: Geometry,
  shape: readonly number[],
  { turned = false }: Options = {},
): tf.TensorInfo {
  const g = flat(given);
  if (g.out[2] < fewest) return narrow([heap, simd], [x, filter], g, shape, { turned });
  const { kernel, channels, outputs, out } = g;
  const y = heap.makeOutput(shape, 'float32');
  const packed = heap.makeOutput([product(kernel) * channels * fours(outputs)], 'float32');
  const inFrame = needsFrame(g) ? heap.makeOutput([frameSize(g)], 'float32') : undefined;
  const floats = (t: tf.TensorInfo) => heap.typedArrayFromHeap(t);
  pack(floats(filter), floats(packed).fill(0), g, turned);
  const weights = floats(packed).byteOffset;
  const [, high, wide] = inFrame ? framed(g) : g.size;
  const row = 4 * wide * channels;
  let to = floats(y).byteOffset;
  for (const from of samples(heap, x, inFrame, g)) {
    for (let d = 0; d < out[0]; d++) {
      for (let h = 0; h < out[1]; h++) {
        const at = from + (d * high + h) * row;
        const [depths, heights, width] = kernel;
        simd.correlate(
          ...([at, weights, to, out[2], channels, outputs] as const),
          ...([depths, heights, width * channels, high * row, row] as const),
        );
        to += 4 * out[2] * outputs;
      }
    }
  }
  for (const t of [packed, inFrame]) if (t) heap.disposeData(t.dataId);
  return y;
}

/** Rows are worked off so many pixels at a time. */
const fewest = 4;

/** Rows of fewer pixels are computed with some more, which are cut off. */
function narrow(...[where, inputs, g, shape, options]: Parameters<typeof convolution>): tf.TensorInfo {
  const [heap] = where;
  const [depth, height, width] = g.out;
  const wider = [depth, height, fewest] as const;
  const wide = convolution(where, inputs, { ...g, out: wider }, [g.batch, ...wider, g.outputs], options);
  const y = heap.makeOutput(shape, 'float32');
  const {
    copy,
    at: [to = 0, from = 0],
  } = places(heap, [y, wide]);
  const rows = g.batch * depth * height;
  const length = width * g.outputs;
  copy({ from, to, rows, length, stepFrom: fewest * g.outputs, stepTo: length });
  heap.disposeData(wide.dataId);
  return y;
}

/** Where each sample begins, in bytes: in x, or one after the other in the frame. */
export function* samples(
  heap: Heap,
  x: tf.TensorInfo,
  inFrame: tf.TensorInfo | undefined,
  g: Geometry,
): Generator<number> {
  const size = product(g.size) * g.channels;
  if (inFrame) heap.typedArrayFromHeap(inFrame).fill(0);
  const {
    copy,
    at: [source = 0, target],
  } = places(heap, inFrame ? [x, inFrame] : [x]);
  for (let i = 0; i < g.batch; i++) {
    const from = source + i * size;
    if (target !== undefined) frame(copy, from, target, g);
    yield 4 * (target ?? from);
  }
}

type Floats = tf.backend_util.TypedArray;

/** The filter in blocks of eight outputs, four in the last one where no more are needed. */
function pack(w: Floats, packed: Floats, { kernel, channels, outputs }: Geometry, turned: boolean): void {
  const taps = product(kernel);
  for (let o = 0; o < outputs; o++) {
    const first = o & ~7;
    const block = outputs - first > 4 ? 8 : 4;
    let to = first * taps * channels + (o - first);
    for (let t = 0; t < taps; t++) {
      let from = turned ? ((taps - 1 - t) * outputs + o) * channels : t * channels * outputs + o;
      const step = turned ? 1 : outputs;
      for (let c = 0; c < channels; c++, from += step, to += block) packed[to] = w[from]!;
    }
  }
}
