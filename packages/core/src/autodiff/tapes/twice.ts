import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../../errors';
import { present } from '../../weight-names';
import { noGrad } from './no-grad';

/** A gradient that reads the input of its kernel. */
const ofInput = (
  kernelName: string,
  input: string,
  pull: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor,
): tf.GradConfig => ({
  kernelName,
  inputsToSave: [input],
  gradFunc: (dys, [x]) => {
    const [dy] = [dys].flat();
    return { [input]: () => pull(present(dy), present(x)) };
  },
});

/** In the place of stock gradients that read the output of their kernel: a tape forgets where a saved output came from. */
const readingInputs: readonly tf.GradConfig[] = [
  ofInput(tf.Exp, 'x', (dy, x) => tf.mul(dy, tf.exp(x))),
  ofInput(tf.Tanh, 'x', (dy, x) => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x))))),
  ofInput(tf.Sigmoid, 'x', (dy, x) => tf.mul(dy, tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x))))),
  // 1 above 0, eˣ below, and never e to the power of something large.
  ofInput(tf.Elu, 'x', (dy, x) => tf.mul(dy, tf.exp(tf.neg(tf.relu(tf.neg(x)))))),
  ofInput(tf.Softmax, 'logits', (dy, x) => {
    const p = tf.softmax(x);
    const pulled = tf.mul(dy, p);
    return tf.sub(pulled, tf.mul(tf.sum(pulled, -1, true), p));
  }),
  ofInput(tf.LogSoftmax, 'logits', (dy, x) => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.softmax(x)))),
];

const zeros = (t: tf.Tensor) => () => noGrad(() => tf.zeros(t.shape));

/** Kernels whose outputs are steps; tfjs has no gradient for them, not even zero. */
const steps: Record<string, readonly string[]> = {
  ...Object.fromEntries(
    [
      tf.Equal,
      tf.NotEqual,
      tf.Greater,
      tf.GreaterEqual,
      tf.Less,
      tf.LessEqual,
      tf.LogicalAnd,
      tf.LogicalOr,
    ].map((name) => [name, ['a', 'b']]),
  ),
  [tf.LogicalNot]: ['x'],
};

interface Filtering<Strides> {
  strides: Strides | number;
  pad: 'same' | 'valid';
}
type Pair = [number, number];
type Triple = [number, number, number];

/** The gradient of the kernel that gives the gradient of a filter, by the convolution that both belong to and its transpose. */
const ofFilterGradient = <T extends tf.Tensor, Strides>(
  kernelName: string,
  convolve: (x: T, filter: T, attrs: Filtering<Strides>) => tf.Tensor,
  transpose: (dy: T, filter: T, like: T, attrs: Filtering<Strides>) => tf.Tensor,
): tf.GradConfig => ({
  kernelName,
  inputsToSave: ['x', 'dy'],
  gradFunc(d, [x, dy], attributes) {
    // tfjs types all saved tensors and cotangents alike, and attributes as any plain values.
    const [dW, input, out, attrs] = [d, x, dy, attributes] as unknown as [T, T, T, Filtering<Strides>];
    return { x: () => transpose(out, dW, input, attrs), dy: () => convolve(input, dW, attrs) };
  },
});

/** The gradients that tfjs lacks: kernels in its own gradients, which a second gradient meets. */
const missing: tf.GradConfig[] = [
  ...Object.entries(steps).map(([kernelName, inputs]) => ({
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) =>
      Object.fromEntries(saved.map((t, i) => [inputs[i] ?? '', zeros(t)])),
  })),
  ofFilterGradient<tf.Tensor4D, Pair>(
    tf.Conv2DBackpropFilter,
    (x, w, { strides, pad }) => tf.conv2d(x, w, strides, pad),
    (dy, w, x, { strides, pad }) => tf.conv2dTranspose(dy, w, x.shape, strides, pad),
  ),
  ofFilterGradient<tf.Tensor5D, Triple>(
    tf.Conv3DBackpropFilterV2,
    (x, w, { strides, pad }) => tf.conv3d(x, w, strides, pad),
    (dy, w, x, { strides, pad }) => tf.conv3dTranspose(dy, w, x.shape, strides, pad),
  ),
  {
    kernelName: tf.Conv3DBackpropInputV2,
    inputsToSave: ['dy', 'filter'],
    gradFunc(d, [dy, filter], attrs) {
      // As above.
      const [dx, out, w] = [d, dy, filter] as [tf.Tensor5D, tf.Tensor5D, tf.Tensor5D];
      // As above.
      const { strides, pad } = attrs as unknown as Filtering<Triple>;
      const more = { strides, pad, filterShape: w.shape };
      return {
        dy: () => tf.conv3d(dx, w, strides, pad),
        filter: () => tf.engine().runKernel(tf.Conv3DBackpropFilterV2, { x: dx, dy: out }, more),
      };
    },
  },
];

/** How many gradients are being taken inside each other. */
const depth = (): number => tf.engine().state.gradientDepth;

/** Whether one gradient is being taken inside another: what is recorded now will be differentiated twice. */
export const isNested = (): boolean => depth() > 1;

/**
 * Runs f; inside a gradient of a gradient it is recorded such that both come out right. tfjs by itself gives second derivatives
 * that lack terms, without a word: those of x·σ(x), for one.
 */
export function twice<T>(f: () => T): T {
  if (!isNested()) return f();
  if (depth() > 2) {
    const remedy = 'Take the last one by finite differences of the second.';
    refuse('gradient', 'at most a gradient inside a gradient', `${depth()} inside each other`, remedy);
  }
  for (const config of missing) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
  const stock = readingInputs.flatMap(({ kernelName }) => tf.getGradient(kernelName) ?? []);
  replace(readingInputs);
  try {
    return f();
  } finally {
    replace(stock);
  }
}

function replace(configs: readonly tf.GradConfig[]): void {
  for (const config of configs) {
    if (tf.getGradient(config.kernelName)) tf.unregisterGradient(config.kernelName);
    tf.registerGradient(config);
  }
}
