import * as tf from '@tensorflow/tfjs-core';
import { lastOf, lazy } from '../lazy';
import { channels, sumPerChannel } from '../tensors/channels';
import type { Transformer } from './transformer';

/** The cotangent of a term of u, summed over what shares it: a number per channel then, and no longer as large as v. */
const shared = (du: tf.Tensor, h: tf.Tensor): tf.Tensor =>
  h.size === channels(du.shape) && h.size < du.size ? tf.reshape(sumPerChannel(du), h.shape) : du;

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
            mean: [tf.mul(shared(du, m), tf.neg(s()))],
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
          pull(du, dL) {
            const dt = shared(du, t);
            return { logScale: [tf.mul(du, sv()), dL], bias: [dt], mean: [tf.mul(dt, tf.neg(s()))] };
          },
          push: ({ logScale: dl, bias: dt, mean: dm }) => ({
            du: tf.add(tf.sub(tf.mul(sv(), dl), tf.mul(s(), dm)), dt),
            dL: dl,
          }),
        };
      },
    };
  },
};
