import * as tf from '@tensorflow/tfjs-core';
import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { weightsPer } from '../engines/sources';
import { refuse } from '../errors';
import { pixelRows } from '../tensors/channels';
import { affine } from '../transformers/affine';

/**
 * ActNorm: an affine map per channel, set from the first batch so that its output has mean 0 and deviation 1.
 *
 *     y = eˡ ⊙ x + b      log|det J| = P·Σ l,  P pixels      x = (y − b) ⊙ e⁻ˡ
 *
 * First batch, trained forward: l = −log σ, b = −μ/σ; trained as the inverse: l = log σ, b = μ. A constant channel keeps its scale.
 * x: [batch, …spatial, channels].   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.1.
 */
export const actNorm = defineBijection(
  { className: 'InvertibleActNorm', source: 'Kingma & Dhariwal 2018, 3.1', logDet: 'P·Σ log s' },
  (_: object, name) => ({
    ...elementwise(name, affine(), weightsPer('channel', affine().parameters)),
    initialize(input, _w, direction) {
      const rows = pixelRows(input);
      if (rows.shape[0] < 2) {
        const remedy = 'Start training with a larger batch: the first one sets the scale and the bias.';
        refuse(name, 'a first batch with at least 2 values per channel', 'one value', remedy);
      }
      // Of numbers near 1, so that squares of large ones do not overflow.
      const size = tf.maximum(tf.max(tf.abs(rows), 0), 1e-30);
      const { mean: m, variance } = tf.moments(tf.div(rows, size), 0);
      const deviation = tf.sqrt(variance);
      const constant = tf.lessEqual(deviation, tf.mul(tf.abs(m), 1e-6));
      const sigma = tf.where(constant, tf.onesLike(deviation), tf.mul(deviation, size));
      const mean = tf.mul(m, size);
      return direction === 'forward'
        ? { logScale: tf.neg(tf.log(sigma)), bias: tf.neg(tf.div(mean, sigma)) }
        : { logScale: tf.log(sigma), bias: mean };
    },
  }),
);
