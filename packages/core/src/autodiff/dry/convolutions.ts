import * as tf from '@tensorflow/tfjs-core';
import { each, type Made, type Rule } from './rule';

const { computeConv2DInfo, computeConv3DInfo, computePool2DInfo, computePool3DInfo } = tf.backend_util;

type Four = [number, number, number, number];
type Five = [number, number, number, number, number];
type Filtered<S> = Record<'x' | 'filter', { shape: S }>;
type Pooled<S> = { x: { shape: S; dtype: tf.DataType } };
interface Attributes {
  strides: number;
  pad: 'same';
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: number | null;
  dimRoundingMode?: 'floor';
  inputShape: number[];
  filterShape: number[];
  filterSize: number;
}

const conv2d =
  (depthwise: boolean): Rule =>
  (
    { x, filter }: Filtered<Four>,
    { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode }: Attributes,
  ): Made => {
    const format = dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast';
    const info = computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      depthwise,
      format,
    );
    return { shape: info.outShape };
  };

const pool2d: Rule = ({ x }: Pooled<Four>, { filterSize, strides, pad, dimRoundingMode }: Attributes) => ({
  shape: computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode).outShape,
  dtype: x.dtype,
});
const pool3d: Rule = ({ x }: Pooled<Five>, { filterSize, strides, pad, dimRoundingMode }: Attributes) => ({
  shape: computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode).outShape,
  dtype: x.dtype,
});

const ofInput: Rule = (_: object, { inputShape: shape }: Attributes) => ({ shape });
const ofFilter: Rule = (_: object, { filterShape: shape }: Attributes) => ({ shape });
const unpooled: Rule = ({ input }: { input: tf.TensorInfo }) => ({ shape: input.shape });

type Factors = Record<'a' | 'b', tf.TensorInfo>;

/** [… m, k] × [… k, n], the axes before broadcast. */
const product = (
  { a, b }: Factors,
  { transposeA, transposeB }: Record<'transposeA' | 'transposeB', boolean>,
): Made => {
  const before = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 1;
  return { shape: [...before, rows, b.shape.at(transposeB ? -2 : -1) ?? 1] };
};

/** Convolutions, pools, products of matrices, and their gradients. */
export const convolutions: Record<string, Rule> = {
  ...each([tf.Conv2D, tf.FusedConv2D], conv2d(false)),
  ...each([tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D], conv2d(true)),
  [tf.Conv3D]: ({ x, filter }: Filtered<Five>, { strides, pad, dilations }: Attributes) => ({
    shape: computeConv3DInfo(x.shape, filter.shape, strides, dilations ?? 1, pad).outShape,
  }),
  ...each([tf.Conv2DBackpropInput, tf.DepthwiseConv2dNativeBackpropInput, tf.Conv3DBackpropInputV2], ofInput),
  ...each(
    [tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter, tf.Conv3DBackpropFilterV2],
    ofFilter,
  ),
  ...each([tf.AvgPool, tf.MaxPool], pool2d),
  ...each([tf.AvgPool3D, tf.MaxPool3D], pool3d),
  ...each([tf.AvgPoolGrad, tf.MaxPoolGrad, tf.AvgPool3DGrad, tf.MaxPool3DGrad], unpooled),
  ...each([tf.BatchMatMul, tf._FusedMatMul], product),
};
