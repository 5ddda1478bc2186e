import * as tf from '@tensorflow/tfjs-core';
import { product } from './rule';

type Inputs = Record<string, tf.TensorInfo>;

/** Multiplications for each number of what a convolution or product makes, or of what it is a gradient of. */
const perNumber: Record<string, (inputs: Inputs, made: tf.TensorInfo) => number> = {
  ...ofAll([tf.Conv2D, tf.FusedConv2D, tf.Conv3D], ({ filter }) => window(filter)),
  ...ofAll([tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D], ({ filter }) =>
    product(filter?.shape.slice(0, 2) ?? []),
  ),
  ...ofAll(
    [tf.Conv2DBackpropInput, tf.Conv3DBackpropInputV2],
    ({ dy, filter }, made) => ratio(dy, made) * window(filter),
  ),
  ...ofAll([tf.Conv2DBackpropFilter, tf.Conv3DBackpropFilterV2], ({ dy }) => pixels(dy)),
  ...ofAll([tf.BatchMatMul, tf._FusedMatMul], ({ a, b }, made) => inner(a, b, made)),
};

function ofAll(names: readonly string[], f: (typeof perNumber)[string]): typeof perNumber {
  return Object.fromEntries(names.map((name) => [name, f]));
}

const sizeOf = (t: tf.TensorInfo | undefined): number => product(t?.shape ?? []);
/** Numbers of a filter that one output reads. */
const window = (filter: tf.TensorInfo | undefined): number => sizeOf(filter) / (filter?.shape.at(-1) ?? 1);
const pixels = (t: tf.TensorInfo | undefined): number => sizeOf(t) / (t?.shape.at(-1) ?? 1);
const ratio = (a: tf.TensorInfo | undefined, b: tf.TensorInfo): number => sizeOf(a) / Math.max(1, sizeOf(b));
/** k of [m, k] × [k, n]: m·k · k·n over m·n is k². */
const inner = (a: tf.TensorInfo | undefined, b: tf.TensorInfo | undefined, made: tf.TensorInfo): number =>
  Math.sqrt((matrix(a) * matrix(b)) / Math.max(1, matrix(made)));
const matrix = (t: tf.TensorInfo | undefined): number => product(t?.shape.slice(-2) ?? []);

/** Multiplications and additions of a kernel, as far as shapes tell; one for each number that it makes, at least. */
export function workOf(kernelName: string, inputs: object, made: readonly tf.TensorInfo[]): number {
  const [first] = made;
  const each = perNumber[kernelName];
  if (each && first) return 2 * sizeOf(first) * each(inputs as Inputs, first);
  return made.reduce((sum, t) => sum + sizeOf(t), 0);
}
