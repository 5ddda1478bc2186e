import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels } from '../bijection';
import { define, everyRank } from '../define';
import { InvertibleError } from '../errors';
import { type CouplingOptions, coupling } from './coupling';
import { joinChannels, splitChannels } from './parts';

export interface AffineCouplingOptions extends CouplingOptions {
  /** Bound of the log-scale: scales stay within e^±clamp. Default 2. */
  clamp?: number;
}

/**
 * Affine coupling: a part of the channels scales and shifts the other part.
 *
 *     y₁ = x₁                    l = α·tanh(h_l(x₁)/α),  t = h_t(x₁),  α = clamp
 *     y₂ = eˡ ⊙ x₂ + t           log|det J| = Σ l      per sample
 *     x₂ = (y₂ − t) ⊙ e⁻ˡ
 *
 * x: [batch, …spatial, channels], channels ≥ 2.   Dinh et al. 2017, arXiv:1605.08803, eq. 7–8.
 */
export const affineCoupling = define(
  {
    className: 'InvertibleAffineCoupling',
    source: 'Dinh et al. 2017, eq. 7–8',
    logDet: 'Σ log s',
    axes: everyRank,
  },
  ({ clamp = 2, ...options }: AffineCouplingOptions = {}): Bijection => {
    if (!(clamp > 0 && clamp <= 20)) {
      throw new InvertibleError({
        where: 'affineCoupling',
        expected: 'clamp within (0, 20]',
        came: String(clamp),
        remedy: 'Scales are bounded by e^±clamp; 2 is a good start.',
      });
    }
    const cut = (h: tf.Tensor) => {
      const n = channels(h.shape) / 2;
      return splitChannels(h, [n, n]) as [tf.Tensor, tf.Tensor];
    };
    const halves = (h: tf.Tensor) => {
      const [hl, t] = cut(h);
      return { l: tf.mul(tf.tanh(tf.div(hl, clamp)), clamp), t };
    };
    /** dl/dh = 1 − (l/α)² */
    const slope = (l: tf.Tensor) => tf.sub(1, tf.square(tf.div(l, clamp)));
    return coupling(
      'affineCoupling',
      {
        parameters: 2,
        apply(v, h) {
          const { l, t } = halves(h);
          return { u: tf.add(tf.mul(tf.exp(l), v), t), logSlope: l };
        },
        undo(u, h) {
          const { l, t } = halves(h);
          return { v: tf.mul(tf.sub(u, t), tf.exp(tf.neg(l))), logSlope: l };
        },
        pull(u, du, dL, h) {
          const { l, t } = halves(h);
          const shifted = tf.sub(u, t);
          const dl = tf.add(tf.mul(du, shifted), dL);
          return {
            v: tf.mul(shifted, tf.exp(tf.neg(l))),
            dv: tf.mul(du, tf.exp(l)),
            dh: joinChannels([tf.mul(dl, slope(l)), du]),
          };
        },
        pullUndo(v, dv, dL, h) {
          const { l, t } = halves(h);
          const du = tf.mul(dv, tf.exp(tf.neg(l)));
          const dl = tf.sub(dL, tf.mul(dv, v));
          return {
            u: tf.add(tf.mul(tf.exp(l), v), t),
            du,
            dh: joinChannels([tf.mul(dl, slope(l)), tf.neg(du)]),
          };
        },
        push(v, dv, h, dh) {
          const { l } = halves(h);
          const [dhl, dt] = cut(dh);
          const dl = tf.mul(dhl, slope(l));
          return { du: tf.add(tf.mul(tf.exp(l), tf.add(dv, tf.mul(v, dl))), dt), dLogSlope: dl };
        },
        pushUndo(v, du, h, dh) {
          const { l } = halves(h);
          const [dhl, dt] = cut(dh);
          return { dv: tf.sub(tf.mul(tf.sub(du, dt), tf.exp(tf.neg(l))), tf.mul(v, tf.mul(dhl, slope(l)))) };
        },
      },
      options,
    );
  },
);
