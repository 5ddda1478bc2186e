import * as tf from '@tensorflow/tfjs-core';
import type { ConvAttributes } from '../window';

type Triple = readonly [depth: number, height: number, width: number];

/** A correlation of volumes, or of images, which are one deep: every tap of the kernel is one pixel from the next. */
export interface Geometry {
  batch: number;
  /** Sizes of the input, of the kernel and of the output. */
  size: Triple;
  kernel: Triple;
  out: Triple;
  /** Zeros before the first pixel. */
  before: Triple;
  channels: number;
  outputs: number;
}

/** Attributes of the kernels of tfjs for images and volumes. */
export interface Attributes {
  strides: ConvAttributes['strides'] | [number, number, number];
  pad: ConvAttributes['pad'];
  dilations?: number | number[];
  dataFormat?: string;
  dimRoundingMode?: ConvAttributes['dimRoundingMode'];
}

const ones = (n: number | readonly number[] = 1) => [n].flat().every((one) => one === 1);

/** The geometry of a convolution; undefined where taps or pixels are left out, or the channels come first. */
export function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations, dataFormat = 'NHWC', dimRoundingMode }: Attributes,
): Geometry | undefined {
  if (!ones(strides) || !ones(dilations) || dataFormat[1] === 'C') return undefined;
  if (x.length === 5) {
    if (typeof pad === 'object') return undefined;
    const info = tf.backend_util.computeConv3DInfo(five(x), five(filter), 1, 1, pad);
    const { padInfo } = info;
    return {
      batch: info.batchSize,
      size: [info.inDepth, info.inHeight, info.inWidth],
      kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
      out: [info.outDepth, info.outHeight, info.outWidth],
      before: [padInfo.front, padInfo.top, padInfo.left],
      channels: info.inChannels,
      outputs: info.outChannels,
    };
  }
  const info = tf.backend_util.computeConv2DInfo(four(x), four(filter), 1, 1, pad, dimRoundingMode);
  const { padInfo } = info;
  return {
    batch: info.batchSize,
    size: [1, info.inHeight, info.inWidth],
    kernel: [1, info.filterHeight, info.filterWidth],
    out: [1, info.outHeight, info.outWidth],
    before: [0, padInfo.top, padInfo.left],
    channels: info.inChannels,
    outputs: info.outChannels,
  };
}

const four = ([a = 1, b = 1, c = 1, d = 1]: readonly number[]): [number, number, number, number] => [
  a,
  b,
  c,
  d,
];
const five = (t: readonly number[]): [number, number, number, number, number] => [...four(t), t[4] ?? 1];

/** The correlation that takes a cotangent back to the input: the kernel is turned round, the channels change places. */
export const transposed = ({ size, kernel, out, before, channels, outputs, batch }: Geometry): Geometry => ({
  batch,
  size: out,
  kernel,
  out: size,
  before: [kernel[0] - 1 - before[0], kernel[1] - 1 - before[1], kernel[2] - 1 - before[2]],
  channels: outputs,
  outputs: channels,
});

/** A kernel of one tap sees pixels, not where they lie: one long row. */
export function flat(g: Geometry): Geometry {
  if (product(g.kernel) > 1 || !g.out.every((n, i) => n === g.size[i])) return g;
  const row: Triple = [1, 1, g.batch * product(g.size)];
  return { ...g, batch: 1, size: row, out: row };
}

export const product = ([depth, height, width]: Triple): number => depth * height * width;

/** The size with its zeros. */
export const framed = ({ out, kernel }: Geometry): Triple => [
  out[0] + kernel[0] - 1,
  out[1] + kernel[1] - 1,
  out[2] + kernel[2] - 1,
];

/** Whether there is something to compute, and the zeros before it are no pixels left out. */
export const suits = ({ out, before }: Geometry): boolean => product(out) > 0 && before.every((n) => n >= 0);
