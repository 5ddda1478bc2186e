import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../../bijection';
import { squeeze } from '../../bijections/squeeze';
import { chain } from '../../combinators/chain';
import { reverse } from '../../combinators/reverse';
import type { Block } from './block';

/** Patches of `stride` pixels along every axis, a power of two, become the channels of one: with a dense layer, a strided convolution. */
export const down = (stride: number): Block => isometric(patches(stride));

/** The way back: with a dense layer, a transposed convolution. */
export const up = (stride: number): Block => isometric(reverse(patches(stride)));

const patches = (stride: number) => chain(Array.from({ length: Math.log2(stride) }, () => squeeze()));

/** A bijection whose Jacobian is a constant orthogonal matrix, as a part. */
function isometric({ outputShape, forward, inverse }: Bijection): Block {
  const apply = (x: tf.Tensor) => tf.tidy(() => forward(x, {}).y);
  return {
    reads: { x: false, h: false },
    outputShape: (shape) => outputShape(shape),
    weights: () => [],
    forward: apply,
    linearize: (x) => ({
      h: apply(x),
      pullback: (dh) => ({ dx: tf.tidy(() => inverse(dh, {}).x), dw: {} }),
    }),
    pushforward: (x, dx) => ({ h: apply(x), dh: apply(dx) }),
  };
}
