import * as tf from '@tensorflow/tfjs-core';
import { each, type Rule } from './rule';

interface Along {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims?: boolean;
}
type Inputs = { x: tf.TensorInfo };

function reduced({ x }: Inputs, { axis, reductionIndices, keepDims = false }: Along): number[] {
  const all = x.shape.map((_, i) => i);
  const axes = tf.util.parseAxisParam(axis ?? reductionIndices ?? all, x.shape);
  const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  return keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
}

/** Kernels that sum up axes. */
export const reductions: Record<string, Rule> = {
  ...each([tf.Max, tf.Min, tf.Prod, tf.Sum], (inputs: Inputs, along: Along) => ({
    shape: reduced(inputs, along),
    dtype: inputs.x.dtype,
  })),
  [tf.Mean]: (inputs: Inputs, along: Along) => ({ shape: reduced(inputs, along) }),
  ...each([tf.All, tf.Any], (inputs: Inputs, along: Along) => ({
    shape: reduced(inputs, along),
    dtype: 'bool',
  })),
  ...each([tf.ArgMax, tf.ArgMin], (inputs: Inputs, along: Along) => ({
    shape: reduced(inputs, along),
    dtype: 'int32',
  })),
  [tf.UnsortedSegmentSum]: ({ x }: Inputs, { numSegments }: { numSegments: number }) => ({
    shape: [numSegments, ...x.shape.slice(1)],
    dtype: x.dtype,
  }),
  [tf.TopK]: ({ x }: Inputs, { k }: { k: number }) => {
    const shape = [...x.shape.slice(0, -1), k];
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int32' },
    ];
  },
};
