import * as tf from '@tensorflow/tfjs-core';
import { type Heap, type HeapKernel, sameNumbers } from '../heap';
import { convolution } from './convolution';
import { filterGradient } from './filter-gradient';
import { type Attributes, geometryOf, suits, transposed } from './geometry';
import { simdOf } from './module';

type Pair<Names extends string> = Record<Names, tf.TensorInfo>;

/** The heap with our kernels in it, for tensors of floats. */
function ready(heap: Heap, tensors: readonly tf.TensorInfo[]) {
  if (tensors[0]?.dtype !== 'float32' || !sameNumbers(tensors)) return undefined;
  const simd = simdOf(heap);
  return simd && ([heap, simd] as const);
}

/** y = x ⋆ W */
const forward: HeapKernel<Attributes, Pair<'x' | 'filter'>> = ({ x, filter }, attrs, heap) => {
  const g = geometryOf(x.shape, filter.shape, attrs);
  const where = ready(heap, [x, filter]);
  if (!g || !where || !suits(g)) return undefined;
  return convolution(where, [x, filter], g, [g.batch, ...g.out, g.outputs]);
};

/** dx = dy ⋆ flip(W)ᵀ */
const input: HeapKernel<Attributes & { inputShape: number[] }, Pair<'dy' | 'filter'>> = (
  { dy, filter },
  { inputShape, ...attrs },
  heap,
) => {
  const g = geometryOf(inputShape, filter.shape, attrs);
  const back = g && transposed(g);
  const where = ready(heap, [dy, filter]);
  if (!back || !where || !suits(back)) return undefined;
  return convolution(where, [dy, filter], back, inputShape, { turned: true });
};

/** dW = Σ xᵀ dy */
const filter: HeapKernel<Attributes & { filterShape: number[] }, Pair<'x' | 'dy'>> = (
  { x, dy },
  { filterShape, ...attrs },
  heap,
) => {
  const g = geometryOf(x.shape, filterShape, attrs);
  const where = ready(heap, [x, dy]);
  return g && where && suits(g) ? filterGradient(where, [x, dy], g, filterShape) : undefined;
};

/**
 * Gradients of convolutions of stride 1, of images and volumes, and the convolutions of volumes, of which wasm has wrong gradients;
 * those of images it has as fast.
 */
export const convolutions: Record<string, HeapKernel<never, never>> = {
  [tf.Conv2DBackpropInput]: input,
  [tf.Conv2DBackpropFilter]: filter,
  [tf.Conv3D]: forward,
  [tf.Conv3DBackpropInputV2]: input,
  [tf.Conv3DBackpropFilterV2]: filter,
};
