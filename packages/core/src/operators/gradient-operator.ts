import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import { channels, joinChannels, sizeOf, splitChannels } from '../tensors/channels';
import type { LinearOperator } from './operator';

/**
 * Differences of neighbours along every spatial axis, zero at the far end.
 *
 *     (∇x)ₖ[i] = x[i + eₖ] − x[i]      ∇ᵀ = −div      ‖∇‖² < 4 d, for d spatial axes
 *
 * x: [batch, …1 to 3 spatial axes, C] → [batch, …spatial, d·C], axis by axis.   Chambolle 2004, doi:10.1023/B:JMIV.0000011325.36760.1e.
 */
export function gradientOperator(): LinearOperator {
  return {
    apply(x) {
      const axes = axesOf(x);
      return tf.tidy(() => joinChannels(axes.map((axis) => along(axis, x, ahead))));
    },
    adjoint(p) {
      const axes = axesOf(p);
      const C = channels(p.shape) / axes.length;
      if (!Number.isInteger(C)) {
        const expected = `channels for each of ${axes.length} axes`;
        refuse('gradientOperator', expected, show(p.shape), 'The adjoint takes what apply makes.');
      }
      return tf.tidy(() => {
        const parts = splitChannels(
          p,
          axes.map(() => C),
        );
        return tf.addN(parts.map((part, k) => along(k + 1, part, behind)));
      });
    },
  };
}

function axesOf(x: tf.Tensor): number[] {
  checkTensor('gradientOperator', 'the input', x);
  if (x.rank < 3 || x.rank > 5) {
    const expected = '[batch, …1 to 3 spatial axes, channels]';
    refuse('gradientOperator', expected, show(x.shape), 'Give the samples axes along which they differ.');
  }
  return Array.from({ length: x.rank - 2 }, (_, k) => k + 1);
}

/** A map along the middle of three axes, on an axis of a tensor of any rank: GPU backends cut rank 5 wrongly. */
function along(axis: number, x: tf.Tensor, f: (lines: tf.Tensor3D) => tf.Tensor): tf.Tensor {
  const lines: tf.Tensor3D = tf.reshape(x, [sizeOf(x.shape.slice(0, axis)), x.shape[axis] ?? 1, -1]);
  return tf.reshape(f(lines), x.shape);
}

/** All lines but the last, or but the first. */
const cut = (x: tf.Tensor3D, from: 0 | 1) => tf.slice(x, [0, from, 0], [-1, x.shape[1] - 1, -1]);
const end = ([before, , after]: [number, number, number]) => tf.zeros<tf.Rank.R3>([before, 1, after]);

const ahead = (x: tf.Tensor3D) =>
  x.shape[1] === 1
    ? tf.zerosLike(x)
    : tf.concat([tf.sub<tf.Tensor3D>(cut(x, 1), cut(x, 0)), end(x.shape)], 1);

/** The transpose of `ahead`: p[i − 1] − p[i], where what lies outside and at the far end is zero. */
function behind(p: tf.Tensor3D): tf.Tensor {
  if (p.shape[1] === 1) return tf.zerosLike(p);
  const seen = cut(p, 0);
  return tf.sub(tf.concat([end(p.shape), seen], 1), tf.concat([seen, end(p.shape)], 1));
}
