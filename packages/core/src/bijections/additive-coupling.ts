import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { define, everyRank } from '../define';
import { type CouplingOptions, coupling } from './coupling';

/**
 * Additive coupling: a part of the channels shifts the other part. It preserves volume.
 *
 *     y₁ = x₁      y₂ = x₂ + t(x₁)      log|det J| = 0      x₂ = y₂ − t(y₁)
 *
 * x: [batch, …spatial, channels], channels ≥ 2.   Dinh et al. 2014, arXiv:1410.8516, section 3.2.
 */
export const additiveCoupling = define(
  { className: 'InvertibleAdditiveCoupling', source: 'Dinh et al. 2014, 3.2', logDet: '0', axes: everyRank },
  (options: CouplingOptions = {}): Bijection => {
    return coupling(
      'additiveCoupling',
      {
        parameters: 1,
        apply: (v, t) => ({ u: tf.add(v, t), logSlope: null }),
        undo: (u, t) => ({ v: tf.sub(u, t), logSlope: null }),
        pull: (u, du, _, t) => ({ v: tf.sub(u, t), dv: du, dh: du }),
        pullUndo: (v, dv, _, t) => ({ u: tf.add(v, t), du: dv, dh: tf.neg(dv) }),
        push: (_, dv, __, dt) => ({ du: tf.add(dv, dt), dLogSlope: null }),
        pushUndo: (_, du, __, dt) => ({ dv: tf.sub(du, dt) }),
      },
      options,
    );
  },
);
