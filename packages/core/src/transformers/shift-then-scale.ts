import * as tf from '@tensorflow/tfjs-core';
import { lazy } from '../lazy';
import { perElement } from '../tensors/channels';
import type { Scale } from './scale';
import type { Transformer } from './transformer';

/** u = eˡ ⊙ (v + b), l a bounded log-scale. */
export const shiftThenScale = (scale: Scale): Transformer<'bias' | 'logScale'> => ({
  parameters: { bias: 1, logScale: 1 },
  given({ bias: b, logScale: raw }) {
    const l = tf.tidy(() => scale.log(raw));
    return {
      undo: (u) => tf.tidy(() => tf.sub(tf.mul(u, tf.exp(tf.neg(l))), b)),
      at(v, known) {
        const s = lazy(() => tf.exp(l));
        const u = lazy(() => known ?? tf.mul(s(), tf.add(v, b)));
        return {
          u,
          logSlope: () => l,
          slope: s,
          bend: () => null,
          pull(du, dL) {
            const dl = tf.add(tf.mul(du, u()), perElement(dL, du.rank));
            return { bias: [tf.mul(du, s())], logScale: [tf.mul(dl, scale.slope(raw, l))] };
          },
          push({ bias: db, logScale: dRaw }) {
            const dl = tf.mul(dRaw, scale.slope(raw, l));
            return { du: tf.add(tf.mul(u(), dl), tf.mul(s(), db)), dL: dl };
          },
        };
      },
    };
  },
});
