import type * as tf from '@tensorflow/tfjs-core';
import { type Heap, places } from '../heap';
import { fours, samples } from './convolution';
import { frameSize, needsFrame } from './frame';
import { flat, framed, type Geometry } from './geometry';
import type { Simd } from './module';

/** Bytes of x and dy that are worked on at once: they stay in the nearest cache. */
const near = 24_576;

/** dW = Σ xᵀ dy over the pixels of all samples. `shape` is that of dW. */
export function filterGradient(
  [heap, simd]: readonly [Heap, Simd],
  [x, dy]: readonly [tf.TensorInfo, tf.TensorInfo],
  given: Geometry,
  shape: readonly number[],
): tf.TensorInfo {
  const g = flat(given);
  const { kernel, channels, outputs, out } = g;
  const [depths, heights, width] = kernel;
  const taps = width * channels;
  const dw = heap.makeOutput(shape, 'float32');
  const whole = fours(taps) === taps && fours(outputs) === outputs;
  const sums = whole ? dw : heap.makeOutput([depths * heights * fours(taps) * fours(outputs)], 'float32');
  const inFrame = needsFrame(g) ? heap.makeOutput([frameSize(g)], 'float32') : undefined;
  const to = heap.typedArrayFromHeap(sums).fill(0).byteOffset;
  let d = heap.typedArrayFromHeap(dy).byteOffset;
  const [, high, wide] = inFrame ? framed(g) : g.size;
  const [pixelX, pixelY] = [4 * channels, 4 * outputs];
  const row = wide * pixelX;
  for (const from of samples(heap, x, inFrame, g)) {
    for (const { at, rows, columns } of pieces(out, Math.ceil(near / (pixelX + pixelY)), high, wide)) {
      simd.correlateFilter(
        ...([from + at * pixelX, d, to, rows, columns, channels, outputs] as const),
        ...([depths, heights, taps, high * row, row] as const),
      );
      d += rows * columns * pixelY;
    }
  }
  if (!whole) {
    const {
      copy,
      at: [from = 0, target = 0],
    } = places(heap, [sums, dw]);
    for (let t = 0; t < depths * heights; t++) {
      copy({
        from: from + t * fours(taps) * fours(outputs),
        to: target + t * taps * outputs,
        ...{ rows: taps, length: outputs, stepFrom: fours(outputs), stepTo: outputs },
      });
    }
    heap.disposeData(sums.dataId);
  }
  if (inFrame) heap.disposeData(inFrame.dataId);
  return dw;
}

/** Rows, or parts of a row, of at most so many pixels, in order; `at` is the pixel of the frame where they begin. */
function* pieces(out: Geometry['out'], most: number, high: number, wide: number) {
  const [depth, height, width] = out;
  const [step, columns] = [Math.max(1, Math.floor(most / width)), Math.min(most, width)];
  for (let z = 0; z < depth; z++) {
    for (let h = 0; h < height; h += step) {
      for (let p = 0; p < width; p += columns) {
        yield {
          at: (z * high + h) * wide + p,
          rows: Math.min(step, height - h),
          columns: Math.min(columns, width - p),
        };
      }
    }
  }
}
