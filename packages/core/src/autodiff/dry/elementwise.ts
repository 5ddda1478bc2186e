import * as tf from '@tensorflow/tfjs-core';
import { each, firstOf, type Rule } from './rule';

type Inputs = Record<string, tf.TensorInfo>;

/** An output like the first input. */
const same: Rule = (inputs: Inputs) => {
  const { shape, dtype } = firstOf(inputs);
  return { shape, dtype };
};

const test: Rule = (inputs: Inputs) => ({ shape: firstOf(inputs).shape, dtype: 'bool' });

const broadcast = (inputs: Inputs): number[] =>
  Object.values(inputs).reduce<number[]>(
    (shape, t) => tf.backend_util.assertAndGetBroadcastShape(shape, t.shape),
    [],
  );

const arithmetic: Rule = (inputs: Inputs) => ({ shape: broadcast(inputs), dtype: firstOf(inputs).dtype });
const comparison: Rule = (inputs: Inputs) => ({ shape: broadcast(inputs), dtype: 'bool' });

const unary = [
  ...[
    tf.Abs,
    tf.Acos,
    tf.Acosh,
    tf.Asin,
    tf.Asinh,
    tf.Atan,
    tf.Atanh,
    tf.Ceil,
    tf.ClipByValue,
    tf.Cos,
    tf.Cosh,
  ],
  ...[
    tf.Cumprod,
    tf.Cumsum,
    tf.Elu,
    tf.Erf,
    tf.Exp,
    tf.Expm1,
    tf.Floor,
    tf.FusedBatchNorm,
    tf.LeakyRelu,
    tf.Log,
  ],
  ...[
    tf.Log1p,
    tf.LogSoftmax,
    tf.LRN,
    tf.Neg,
    tf.OnesLike,
    tf.Reciprocal,
    tf.Relu,
    tf.Relu6,
    tf.Reverse,
    tf.Round,
  ],
  ...[tf.Rsqrt, tf.Selu, tf.Sigmoid, tf.Sign, tf.Sin, tf.Sinh, tf.Softmax, tf.Softplus, tf.Sqrt, tf.Square],
  ...[tf.Step, tf.Tan, tf.Tanh, tf.ZerosLike],
];

/** Kernels that work number by number, and those along an axis that keep the shape. */
export const elementwise: Record<string, Rule> = {
  ...each(unary, same),
  ...each([tf.EluGrad, tf.LRNGrad], same),
  ...each([tf.IsFinite, tf.IsInf, tf.IsNan, tf.LogicalNot], test),
  ...each(
    [
      ...[tf.Add, tf.Atan2, tf.FloorDiv, tf.Maximum, tf.Minimum, tf.Mod, tf.Multiply, tf.Pow, tf.Prelu],
      ...[tf.RealDiv, tf.SquaredDifference, tf.Sub],
    ],
    arithmetic,
  ),
  ...each(
    [
      ...[tf.Equal, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.LogicalAnd, tf.LogicalOr],
      ...[tf.LogicalXor, tf.NotEqual],
    ],
    comparison,
  ),
  [tf.AddN]: same,
  // Numbers that fit into the other type are its own on most backends.
  [tf.Cast]: ({ x }: { x: tf.TensorInfo }, { dtype }: { dtype: tf.DataType }) => ({
    shape: x.shape,
    dtype,
    ...(!tf.util.hasEncodingLoss(x.dtype, dtype) && { like: x }),
  }),
  [tf.Select]: ({ t, e }: Inputs) => ({ shape: t?.shape ?? [], dtype: t?.dtype ?? e?.dtype ?? 'float32' }),
};

/** What wasm does otherwise. */
export const onWasm: Record<string, Rule> = {
  [tf.Cast]: ({ x }: { x: tf.TensorInfo }, { dtype }: { dtype: tf.DataType }) => ({ shape: x.shape, dtype }),
};
