import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { halving } from '../../tensors/halving';
import { subbands } from '../../tensors/subbands';
import { tidy } from '../../tidy';
import { type Network, network } from '../network';

const { apply, undo } = subbands();
const { outputShape, inputShape } = halving('resample');

/** f, as often as it takes to halve or double every axis from or to `stride`, a power of two. */
const repeated =
  <T>(stride: number, f: (t: T) => T) =>
  (t: T) =>
    Array.from({ length: Math.log2(stride) }).reduce<T>(f, t);

/** Patches of `stride` pixels along every axis become the channels of one: with a dense layer, a strided convolution. */
export const down = (stride: number): Network =>
  isometric(repeated<Shape>(stride, outputShape), repeated(stride, apply), repeated(stride, undo));

/** The way back: with a dense layer, a transposed convolution. */
export const up = (stride: number): Network =>
  isometric(repeated<Shape>(stride, inputShape), repeated(stride, undo), repeated(stride, apply));

type Rearrange = (t: tf.Tensor) => tf.Tensor;

/** A map whose Jacobian is a constant orthogonal matrix. */
const isometric = (shapes: (shape: Shape) => Shape, there: Rearrange, back: Rearrange): Network => {
  const apply: Rearrange = (x) => tidy(() => there(x));
  return network({
    reads: { x: false, h: false },
    outputShape: (shape) => [...shapes(shape)],
    weights: () => [],
    forward: (x) => apply(x),
    linearize: (x) => ({ h: apply(x), pullback: (dh) => ({ dx: tidy(() => back(dh)), dw: {} }) }),
    pushforward: (x, dx) => ({ h: apply(x), dh: apply(dx) }),
  });
};
