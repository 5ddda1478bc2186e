import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul';
import { concat } from './concat';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';
import { conv2dBackpropInput } from './conv2d-backprop-input';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop';
import { type HeapKernel, heapOf } from './heap';
import { identity } from './identity';
import { oneHot } from './one-hot';
import { inFront } from './ours';
import { convolutions, takes } from './simd/kernels';
import { simdOf } from './simd/module';
import { slice, splitV } from './slice';
import { unsortedSegmentSum } from './unsorted-segment-sum';

type Inputs = Record<'x' | 'dy' | 'filter' | 'segmentIds', tf.Tensor4D>;

/** The kernels that wasm lacks, and its input gradient, which costs ten times its forward pass. */
const kernels: Record<string, (inputs: Inputs, attrs: never) => tf.Tensor> = {
  [tf.Conv2DBackpropFilter]: ({ x, dy }, attrs) => conv2dBackpropFilter(x, dy, attrs),
  [tf.Conv2DBackpropInput]: ({ dy, filter }, attrs) => conv2dBackpropInput(dy, filter, attrs),
  [tf.DepthwiseConv2dNativeBackpropFilter]: ({ x, dy }, attrs) => depthwiseBackpropFilter(x, dy, attrs),
  [tf.DepthwiseConv2dNativeBackpropInput]: ({ dy, filter }, attrs) =>
    depthwiseBackpropInput(dy, filter, attrs),
  [tf.UnsortedSegmentSum]: ({ x, segmentIds }, attrs: { numSegments: number }) =>
    unsortedSegmentSum(x, segmentIds, attrs.numSegments),
};

/** Kernels that wasm has, slow or wrong; they stand in front of the stock ones. */
const better: Record<string, HeapKernel<never, never>> = {
  [tf.BatchMatMul]: batchMatMul,
  [tf.Concat]: concat,
  [tf.Identity]: identity,
  [tf.OneHot]: oneHot,
  [tf.Slice]: slice,
  [tf.SplitV]: splitV,
  ...convolutions,
};

/**
 * Registers the kernels that the wasm backend lacks or has slow or wrong: convolutions, separable convolutions and embeddings
 * train on it, and `oneHot` gives the type that it is asked for. Call it after the import of `@tensorflow/tfjs-backend-wasm`; again
 * does no harm.
 */
export function registerKernels(): void {
  registerMissing('wasm', kernels);
  for (const [kernelName, kernel] of Object.entries(better)) {
    const stock = tf.getKernel(kernelName, 'wasm');
    if (!stock || inFront.has(stock.kernelFunc)) continue;
    const kernelFunc: tf.KernelFunc = (params) => {
      const heap = heapOf(params.backend);
      // As above.
      const quick = heap && kernel(params.inputs as never, (params.attrs ?? {}) as never, heap);
      return quick ?? stock.kernelFunc(params);
    };
    inFront.set(kernelFunc, () => simdOf(tf.backend()) !== undefined);
    replace({ ...stock, kernelFunc });
  }
}

function registerMissing(backendName: string, missing: typeof kernels): void {
  for (const [kernelName, kernel] of Object.entries(missing)) {
    replace({
      kernelName,
      backendName,
      // Each kernel knows the names and types of its inputs and attributes; tfjs has one type for all.
      kernelFunc: ({ inputs, attrs }) => kernel(inputs as never, attrs as never),
    });
  }
}

/**
 * Registers, on a backend that stands in for wasm and knows shapes alone, those of our kernels that consist of others: what they need
 * on the way counts.
 */
export function registerStandIns(backendName: string): void {
  const wasm = tf.findBackend('wasm');
  const simd = wasm !== null && simdOf(wasm) !== undefined;
  // Indices are numbers, which nobody knows.
  const composed: Record<string, (inputs: never, attrs: never) => tf.Tensor | undefined> = {
    ...kernels,
    [tf.BatchMatMul]: batchMatMul,
  };
  delete composed[tf.UnsortedSegmentSum];
  for (const [kernelName, kernel] of Object.entries(composed)) {
    const stock = tf.getKernel(kernelName, backendName);
    if (!stock) continue;
    const kernelFunc: tf.KernelFunc = (params) => {
      // As above.
      const [inputs, attrs] = [params.inputs as never, (params.attrs ?? {}) as never];
      if (simd && takes[kernelName]?.(inputs, attrs)) return stock.kernelFunc(params);
      return kernel(inputs, attrs) ?? stock.kernelFunc(params);
    };
    replace({ ...stock, kernelFunc });
  }
  const volumes = tf.getKernel(tf.Conv3DBackpropFilterV2, backendName);
  if (simd && volumes) inFront.set(volumes.kernelFunc, () => true);
}

function replace(config: tf.KernelConfig): void {
  const { kernelName, backendName } = config;
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(config);
}
