import * as tf from '@tensorflow/tfjs-core';
import { each, firstOf, type Made, product, type Rule } from './rule';

type Inputs = { x: tf.Tensor };
type Many = Record<string, tf.TensorInfo>;

/** Other sizes of the same numbers. */
const renamed = (x: tf.TensorInfo, shape: readonly number[]): Made => ({ shape, dtype: x.dtype, like: x });

const resized = ({ images }: { images: tf.TensorInfo }, { size }: { size: [number, number] }): Made => {
  const [batch = 0, , , channels = 0] = images.shape;
  return { shape: [batch, ...size, channels] };
};

const padded = ({ x }: Inputs, { paddings }: { paddings: [number, number][] }): Made => ({
  shape: x.shape.map((n, i) => n + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0)),
  dtype: x.dtype,
});

/** Kernels that put numbers in other places, repeat them or choose among them. */
export const rearranging: Record<string, Rule> = {
  [tf.Identity]: ({ x }: Inputs) => renamed(x, x.shape),
  [tf.Reshape]: ({ x }: Inputs, { shape }: { shape: number[] }) =>
    renamed(x, tf.util.inferFromImplicitShape(shape, product(x.shape))),
  [tf.ExpandDims]: ({ input }: { input: tf.TensorInfo }, { dim }: { dim: number }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? input.shape.length + 1 + dim : dim, 0, 1);
    return renamed(input, shape);
  },
  [tf.Transpose]: ({ x }: Inputs, { perm }: { perm: number[] }) => ({
    shape: perm.map((i) => x.shape[i] ?? 1),
    dtype: x.dtype,
  }),
  [tf.Concat]: (inputs: Many, { axis }: { axis: number }) => {
    const [along = 0] = tf.util.parseAxisParam(axis, firstOf(inputs).shape);
    const shapes = Object.values(inputs).map((t) => t.shape);
    return { shape: tf.backend_util.computeOutShape(shapes, along), dtype: firstOf(inputs).dtype };
  },
  [tf.Pack]: (inputs: Many, { axis }: { axis: number }) => {
    const shape = [...firstOf(inputs).shape];
    shape.splice(axis, 0, Object.keys(inputs).length);
    return { shape, dtype: firstOf(inputs).dtype };
  },
  [tf.Unpack]: ({ value }: { value: tf.TensorInfo }, { axis }: { axis: number }) => {
    const along = axis < 0 ? axis + value.shape.length : axis;
    const shape = value.shape.filter((_, i) => i !== along);
    return Array.from({ length: value.shape[along] ?? 0 }, () => ({ shape, dtype: value.dtype }));
  },
  [tf.Slice]: ({ x }: Inputs, { begin, size }: { begin: number[]; size: number[] }) => {
    const [, sizes = size] = tf.slice_util.parseSliceParams(x, begin, size);
    return { shape: sizes, dtype: x.dtype };
  },
  [tf.StridedSlice]: ({ x }: Inputs, { begin, end, strides, ...masks }: Strided) => {
    const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = masks;
    const info = tf.slice_util.sliceInfo(
      x.shape,
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    return info.isIdentity ? renamed(x, info.finalShape) : { shape: info.finalShape, dtype: x.dtype };
  },
  [tf.SplitV]: ({ x }: Inputs, attrs: { numOrSizeSplits: number[] | number; axis: number }) => {
    const [along = 0] = tf.util.parseAxisParam(attrs.axis, x.shape);
    const parts = tf.backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, along);
    return parts.map((n) => ({ shape: x.shape.map((m, i) => (i === along ? n : m)), dtype: x.dtype }));
  },
  ...each([tf.PadV2, tf.MirrorPad], padded),
  [tf.Tile]: ({ x }: Inputs, { reps }: { reps: number[] }) => ({
    shape: x.shape.map((n, i) => n * (reps[i] ?? 1)),
    dtype: x.dtype,
  }),
  [tf.BroadcastTo]: ({ x }: Inputs, { shape }: { shape: number[] }) => ({ shape, dtype: x.dtype }),
  [tf.Fill]: (_: Inputs, { shape, dtype = 'float32' }: { shape: number[]; dtype?: tf.DataType }) => ({
    shape,
    dtype,
  }),
  [tf.Range]: (_: Inputs, { start, stop, step, dtype }: Progression) => ({
    shape: [Math.max(0, Math.ceil((stop - start) / step))],
    dtype,
  }),
  [tf.LinSpace]: (_: Inputs, { num }: { num: number }) => ({ shape: [num] }),
  [tf.OneHot]: (
    { indices }: { indices: tf.TensorInfo },
    { depth, dtype }: { depth: number; dtype?: tf.DataType },
  ) => ({
    shape: [...indices.shape, depth],
    dtype: dtype ?? 'int32',
  }),
  [tf.GatherV2]: ({ x, indices }: Record<'x' | 'indices', tf.Tensor>, attrs: Gathering) => {
    const [along = 0] = tf.util.parseAxisParam(attrs.axis, x.shape);
    const { outputShape } = tf.backend_util.segment_util.collectGatherOpShapeInfo(
      x,
      indices,
      along,
      attrs.batchDims,
    );
    return { shape: outputShape, dtype: x.dtype };
  },
  [tf.Multinomial]: ({ logits }: { logits: tf.TensorInfo }, { numSamples }: { numSamples: number }) => ({
    shape: [logits.shape[0] ?? 1, numSamples],
    dtype: 'int32',
  }),
  ...each([tf.ResizeBilinear, tf.ResizeNearestNeighbor], resized),
  ...each([tf.ResizeBilinearGrad, tf.ResizeNearestNeighborGrad], ({ images }: { images: tf.TensorInfo }) => ({
    shape: images.shape,
  })),
  [tf.DepthToSpace]: ({ x }: Inputs, { blockSize: n }: { blockSize: number }) => {
    const [b = 0, h = 0, w = 0, c = 0] = x.shape;
    return { shape: [b, h * n, w * n, c / n ** 2], dtype: x.dtype };
  },
};

type Strided = Record<'begin' | 'end' | 'strides', number[]> &
  Record<'beginMask' | 'endMask' | 'ellipsisMask' | 'newAxisMask' | 'shrinkAxisMask', number>;

interface Progression {
  start: number;
  stop: number;
  step: number;
  dtype: tf.DataType;
}

interface Gathering {
  axis: number;
  batchDims: number;
}
