import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { oneOf } from '../options';
import { type ChannelOrder, channelOrderRule, ordered } from '../tensors/channel-order';
import { halving } from '../tensors/halving';
import { subbands } from '../tensors/subbands';

export type SqueezePattern = 'checkerboard' | 'patch' | 'column';

export interface SqueezeOptions {
  /** Which pixels share a new pixel. Default 'checkerboard'. */
  pattern?: SqueezePattern;
  /** Whether the channels come by pixel p, p·C + c, or by channel c, c·2^d + p with the bits of p reversed, as in PyTorch. Default 'subbands'. */
  order?: ChannelOrder;
}

const { outputShape, inputShape } = halving('squeeze');

const patterns = {
  checkerboard: subbands(),
  patch: subbands({ tiles: true }),
  column: {
    apply: (x: tf.Tensor) => columns(x, outputShape(x.shape)),
    undo: (y: tf.Tensor) => columns(y, inputShape(y.shape)),
  },
};

/**
 * Squeeze: every spatial size halves, channels grow 2^d-fold, d spatial axes. A permutation: log|det J| = 0.
 *
 *     checkerboard   y[…, p·C + c] = x[2·i + bits of p, c]            the sub-lattices of stride 2
 *     patch          y[…, p·C + c] = x[i + bits of p · size/2, c]     the contiguous tiles
 *     column         the column-major reshape of (n₁, n₂, …, C) to (n₁/2, n₂/2, …, 2^d·C)
 *
 * Bit k of p belongs to spatial axis k. x: [batch, …1 to 3 even spatial sizes, C].   Dinh et al. 2017, arXiv:1605.08803, section 3.6.
 */
export const squeeze = defineBijection(
  {
    className: 'InvertibleSqueeze',
    source: 'Dinh et al. 2017, 3.6',
    logDet: '0',
    axes: spatialRanks,
    options: { pattern: oneOf(...Object.keys(patterns)), order: channelOrderRule },
  },
  ({ pattern = 'checkerboard', order = 'subbands' }: SqueezeOptions, name) =>
    isometry(name, { outputShape, inputShape, ...ordered(patterns[pattern], order) }),
);

/** Row-major over (channels, …, n₂, n₁) is column-major over (n₁, n₂, …, channels). */
function columns(x: tf.Tensor, [batch = 1, ...sample]: Shape): tf.Tensor {
  const turn = [0, ...Array.from({ length: x.rank - 1 }, (_, i) => x.rank - 1 - i)];
  return tf.transpose(tf.reshape(tf.transpose(x, turn), [batch, ...sample.reverse()]), turn);
}
