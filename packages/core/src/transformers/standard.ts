import * as tf from '@tensorflow/tfjs-core';
import { lastOf, lazy } from '../lazy';
import type { Transformer } from './transformer';

/** u = (v − m) e^(−λ) */
export const standard: Transformer<'mean' | 'logDeviation'> = {
  parameters: { mean: 1, logDeviation: 1 },
  given({ mean: m, logDeviation: lambda }) {
    const s = lazy(() => tf.exp(tf.neg(lambda)));
    return {
      undo: (u) => tf.add(tf.mul(u, tf.exp(lambda)), m),
      at(v, known) {
        const u = lazy(() => known ?? tf.mul(tf.sub(v, m), s()));
        return {
          u,
          logSlope: () => tf.neg(lambda),
          slope: s,
          bend: () => null,
          pull: (du, dL) => ({
            mean: [tf.mul(du, tf.neg(s()))],
            logDeviation: [tf.neg(tf.mul(du, u())), tf.neg(dL)],
          }),
          push: ({ mean: dm, logDeviation: dLambda }) => ({
            du: tf.neg(tf.add(tf.mul(u(), dLambda), tf.mul(s(), dm))),
            dL: tf.neg(dLambda),
          }),
        };
      },
    };
  },
};

/** u = eˡ ⊙ (v − m) + t */
export const centredAffine: Transformer<'logScale' | 'bias' | 'mean'> = {
  parameters: { logScale: 1, bias: 1, mean: 1 },
  given({ logScale: l, bias: t, mean: m }) {
    const s = lazy(() => tf.exp(l));
    const shifted = lastOf((u: tf.Tensor) => tf.sub(u, t));
    return {
      undo: (u) => tf.add(tf.mul(shifted(u), tf.exp(tf.neg(l))), m),
      at(v, u) {
        const sv = lazy(() => (u ? shifted(u) : tf.mul(s(), tf.sub(v, m))));
        return {
          u: () => tf.add(sv(), t),
          logSlope: () => l,
          slope: s,
          bend: () => null,
          pull: (du, dL) => ({
            logScale: [tf.mul(du, sv()), dL],
            bias: [du],
            mean: [tf.mul(du, tf.neg(s()))],
          }),
          push: ({ logScale: dl, bias: dt, mean: dm }) => ({
            du: tf.add(tf.sub(tf.mul(sv(), dl), tf.mul(s(), dm)), dt),
            dL: dl,
          }),
        };
      },
    };
  },
};
