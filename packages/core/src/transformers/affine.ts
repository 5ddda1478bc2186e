import * as tf from '@tensorflow/tfjs-core';
import { channels } from '../bijection';
import { joinChannels, splitChannels } from '../tensors/channels';
import { type ScaleOptions, scaleOf } from './scale';
import type { Elementwise } from './transformer';

export interface AffineMapOptions extends ScaleOptions {
  /** Preserve volume: the log-scales of a pixel are made to sum to zero. Needs two channels that move. Default false. */
  volumePreserving?: boolean;
}

/** u = v + t */
export const shift: Elementwise = {
  parameters: 1,
  apply: (v, t) => ({ u: tf.add(v, t), logSlope: null }),
  undo: (u, t) => ({ v: tf.sub(u, t), logSlope: null }),
  pull: (u, du, _, t) => ({ v: tf.sub(u, t), dv: du, dh: du }),
  pullUndo: (v, dv, _, t) => ({ u: tf.add(v, t), du: dv, dh: tf.neg(dv) }),
  push: (_, dv, __, dt) => ({ du: tf.add(dv, dt), dLogSlope: null }),
  pushUndo: (_, du, __, dt) => ({ dv: tf.sub(du, dt) }),
};

/** u = eˡ ⊙ v + t, with (raw log-scale, t) = h. Volume preserving: l less its mean over the channels. */
export function affineMap(
  where: string,
  { volumePreserving = false, ...options }: AffineMapOptions,
): Elementwise {
  const scale = scaleOf(where, options);
  /** Its own adjoint. */
  const centre = (l: tf.Tensor) => (volumePreserving ? tf.sub(l, tf.mean(l, -1, true)) : l);
  const cut = (h: tf.Tensor) => {
    const n = channels(h.shape) / 2;
    return splitChannels(h, [n, n]) as [tf.Tensor, tf.Tensor];
  };
  const read = (h: tf.Tensor) => {
    const [raw, t] = cut(h);
    const bounded = scale.log(raw);
    return { l: centre(bounded), t, slope: () => scale.slope(raw, bounded) };
  };
  const logSlope = (l: tf.Tensor) => (volumePreserving ? null : l);
  return {
    parameters: 2,
    fewest: volumePreserving ? 2 : 1,
    apply(v, h) {
      const { l, t } = read(h);
      return { u: tf.add(tf.mul(tf.exp(l), v), t), logSlope: logSlope(l) };
    },
    undo(u, h) {
      const { l, t } = read(h);
      return { v: tf.mul(tf.sub(u, t), tf.exp(tf.neg(l))), logSlope: logSlope(l) };
    },
    pull(u, du, dL, h) {
      const { l, t, slope } = read(h);
      const shifted = tf.sub(u, t);
      const dl = tf.add(tf.mul(du, shifted), dL);
      return {
        v: tf.mul(shifted, tf.exp(tf.neg(l))),
        dv: tf.mul(du, tf.exp(l)),
        dh: joinChannels([tf.mul(centre(dl), slope()), du]),
      };
    },
    pullUndo(v, dv, dL, h) {
      const { l, t, slope } = read(h);
      const du = tf.mul(dv, tf.exp(tf.neg(l)));
      const dl = tf.sub(dL, tf.mul(dv, v));
      return {
        u: tf.add(tf.mul(tf.exp(l), v), t),
        du,
        dh: joinChannels([tf.mul(centre(dl), slope()), tf.neg(du)]),
      };
    },
    push(v, dv, h, dh) {
      const { l, slope } = read(h);
      const [dRaw, dt] = cut(dh);
      const dl = centre(tf.mul(dRaw, slope()));
      return { du: tf.add(tf.mul(tf.exp(l), tf.add(dv, tf.mul(v, dl))), dt), dLogSlope: logSlope(dl) };
    },
    pushUndo(v, du, h, dh) {
      const { l, slope } = read(h);
      const [dRaw, dt] = cut(dh);
      const dl = centre(tf.mul(dRaw, slope()));
      return { dv: tf.sub(tf.mul(tf.sub(du, dt), tf.exp(tf.neg(l))), tf.mul(v, dl)) };
    },
  };
}
