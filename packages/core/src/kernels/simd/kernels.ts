import * as tf from '@tensorflow/tfjs-core';
import { type Heap, type HeapKernel, sameNumbers } from '../heap';
import { convolution } from './convolution';
import { filterGradient } from './filter-gradient';
import { type Attributes, type Geometry, geometryOf, suits, transposed } from './geometry';
import { simdOf } from './module';

type Pair<Names extends string> = Record<Names, tf.TensorInfo>;

/** The heap with our kernels in it, for tensors of floats. */
function ready(heap: Heap, tensors: readonly tf.TensorInfo[]) {
  if (tensors[0]?.dtype !== 'float32' || !sameNumbers(tensors)) return undefined;
  const simd = simdOf(heap);
  return simd && ([heap, simd] as const);
}

const suited = (g: Geometry | undefined): Geometry | undefined => (g && suits(g) ? g : undefined);

type Forward = Pair<'x' | 'filter'>;
type OfInput = [Pair<'dy' | 'filter'>, Attributes & { inputShape: number[] }];
type OfFilter = [Pair<'x' | 'dy'>, Attributes & { filterShape: number[] }];

/** What each of the kernels works on, where it takes the work. */
const geometries = {
  forward: ({ x, filter }: Forward, attrs: Attributes) => suited(geometryOf(x.shape, filter.shape, attrs)),
  input(...[{ filter }, { inputShape, ...attrs }]: OfInput) {
    const g = geometryOf(inputShape, filter.shape, attrs);
    return suited(g && transposed(g));
  },
  filter: (...[{ x }, { filterShape, ...attrs }]: OfFilter) =>
    suited(geometryOf(x.shape, filterShape, attrs)),
};

/** y = x ⋆ W */
const forward: HeapKernel<Attributes, Forward> = ({ x, filter }, attrs, heap) => {
  const g = geometries.forward({ x, filter }, attrs);
  const where = g && ready(heap, [x, filter]);
  return where && convolution(where, [x, filter], g, [g.batch, ...g.out, g.outputs]);
};

/** dx = dy ⋆ flip(W)ᵀ */
const input: HeapKernel<OfInput[1], OfInput[0]> = ({ dy, filter }, attrs, heap) => {
  const back = geometries.input({ dy, filter }, attrs);
  const where = back && ready(heap, [dy, filter]);
  return where && convolution(where, [dy, filter], back, attrs.inputShape, { turned: true });
};

/** dW = Σ xᵀ dy */
const filter: HeapKernel<OfFilter[1], OfFilter[0]> = ({ x, dy }, attrs, heap) => {
  const g = geometries.filter({ x, dy }, attrs);
  const where = g && ready(heap, [x, dy]);
  return where && filterGradient(where, [x, dy], g, attrs.filterShape);
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

/** Whether one of them takes the work, or leaves it to others. */
export const takes: Record<string, (inputs: never, attrs: never) => boolean> = {
  [tf.Conv2DBackpropInput]: (...work: OfInput) => geometries.input(...work) !== undefined,
  [tf.Conv2DBackpropFilter]: (...work: OfFilter) => geometries.filter(...work) !== undefined,
};
