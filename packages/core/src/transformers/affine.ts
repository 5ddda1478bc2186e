import * as tf from '@tensorflow/tfjs-core';
import { lastOf, lazy } from '../lazy';
import { perElement } from '../tensors/channels';
import type { Scale } from './scale';
import type { Parameters, Transformer } from './transformer';

/** u = v + t */
export const shift: Transformer<'bias'> = {
  parameters: { bias: 1 },
  given: ({ bias: t }) => ({
    undo: (u) => tf.sub(u, t),
    at: (v) => ({
      u: () => tf.add(v, t),
      logSlope: () => null,
      slope: () => null,
      bend: () => null,
      pull: (du) => ({ bias: [du] }),
      push: ({ bias: dt }) => ({ du: dt, dL: null }),
    }),
  }),
};

export interface AffineOptions {
  /** From the raw log-scale to a bounded one. Default: as it is. */
  scale?: Scale;
  /** Preserve volume: the log-scales of a pixel are made to sum to zero. Needs two channels that move. Default false. */
  volumePreserving?: boolean;
}

/** u = eˡ ⊙ v + t. Volume preserving: l less its mean over the channels. */
export function affine({
  scale,
  volumePreserving = false,
}: AffineOptions = {}): Transformer<'logScale' | 'bias'> {
  /** Its own adjoint. */
  const centre = (l: tf.Tensor) => (volumePreserving ? tf.tidy(() => tf.sub(l, tf.mean(l, -1, true))) : l);
  const logSlope = (l: tf.Tensor) => (volumePreserving ? null : l);
  return {
    parameters: { logScale: 1, bias: 1 },
    fewest: volumePreserving ? 2 : 1,
    given({ logScale: raw, bias: t }: Parameters<'logScale' | 'bias'>) {
      const bounded = scale ? tf.tidy(() => scale.log(raw)) : raw;
      const l = centre(bounded);
      const shifted = lastOf((u: tf.Tensor) => tf.sub(u, t));
      /** Through the bound of l: its derivative is the same both ways. */
      const bound = (dl: () => tf.Tensor) => {
        const slope = scale && tf.tidy(() => scale.slope(raw, bounded));
        return slope ? tf.tidy(() => tf.mul(dl(), slope)) : dl();
      };
      return {
        undo(u) {
          const scaled = shifted(u);
          return tf.tidy(() => tf.mul(scaled, tf.exp(tf.neg(l))));
        },
        at(v, u) {
          const s = lazy(() => tf.exp(l));
          const sv = lazy(() => (u ? shifted(u) : tf.mul(s(), v)));
          return {
            u: () => tf.add(sv(), t),
            logSlope: () => logSlope(l),
            slope: s,
            bend: () => null,
            pull(du, dL) {
              const scaled = sv();
              const dl = () => tf.mul(du, scaled);
              if (volumePreserving) return { logScale: [bound(() => centre(dl()))], bias: [du] };
              const every = () => tf.add(dl(), perElement(dL, du.rank));
              return { logScale: scale ? [bound(every)] : [dl(), dL], bias: [du] };
            },
            push({ logScale: dRaw, bias: dt }) {
              const dl = centre(bound(() => dRaw));
              return { du: tf.add(tf.mul(sv(), dl), dt), dL: logSlope(dl) };
            },
          };
        },
      };
    },
  };
}

/** u = s ⊙ v + t, s of either sign but never 0. */
export const scaleAndShift: Transformer<'scale' | 'shift'> = {
  parameters: { scale: 1, shift: 1 },
  given: ({ scale: s, shift: t }) => ({
    undo: (u) => tf.div(tf.sub(u, t), s),
    at: (v) => ({
      u: () => tf.add(tf.mul(v, s), t),
      logSlope: () => tf.log(tf.abs(s)),
      slope: () => s,
      bend: () => null,
      pull(du, dL) {
        const every = tf.mul(perElement(dL, v.rank), tf.onesLike(v));
        return { scale: [tf.mul(du, v), tf.div(every, s)], shift: [du] };
      },
      push: ({ scale: ds, shift: dt }) => ({ du: tf.add(tf.mul(v, ds), dt), dL: tf.div(ds, s) }),
    }),
  }),
};
