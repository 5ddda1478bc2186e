import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { above } from '../options';
import { monotone } from '../transformers/transformer';

export interface ArctanOptions {
  /** Bound of |y|. Default 1. */
  clamp?: number;
}

/** The largest angle below π/2 whose tangent float32 still tells from that of π/2. */
const steepest = Math.PI / 2 - 3e-7;

/**
 * Arctangent clamp: the whole line to (−clamp, clamp).
 *
 *     y = (2c/π)·atan x,  θ = πy/2c      log|det J| = Σ log(2c/π) − log(1 + tan²θ)      x = tan θ
 *
 * Beyond |x| ≈ 3e6 y rounds to ±clamp, and the way back gives ±3e6.
 * x: [batch, …spatial, channels].   Ardizzone et al. 2019, arXiv:1907.02392, as a map of its own.
 */
export const arctan = defineBijection(
  {
    className: 'InvertibleArctan',
    source: 'Ardizzone et al. 2019, 3.2',
    logDet: 'Σ log(2c/π) − log(1 + x²)',
    options: { clamp: above(1e-30, 'It bounds |y|; 1 is the default.') },
  },
  ({ clamp = 1 }: ArctanOptions, name) => {
    const unit = (2 * clamp) / Math.PI;
    const undo = (y: tf.Tensor) =>
      tf.tidy(() => {
        const a = tf.clipByValue(tf.div(y, unit), -steepest, steepest);
        const t = tf.tan(a);
        // A step of Newton's: the tangent of a GPU has three digits, its arctangent six.
        return tf.sub(t, tf.mul(tf.sub(tf.atan(t), a), tf.add(1, tf.square(t))));
      });
    const phi = monotone({
      image: [-clamp, clamp],
      apply: (x) => tf.mul(unit, tf.atan(x)),
      from(y) {
        const x = undo(y);
        return {
          v: () => x,
          logSlope: () => tf.sub(Math.log(unit), tf.log1p(tf.square(x))),
          slope: () => tf.div(unit, tf.add(1, tf.square(x))),
          bend: () => tf.mul(-2 / unit, x),
        };
      },
    });
    return elementwise(name, phi);
  },
);
