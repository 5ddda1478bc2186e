import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from './transformer';

/** u = h − v: its slope is −1. */
export const reflect: Transformer<'middle'> = {
  parameters: { middle: 1 },
  given: ({ middle: h }) => ({
    undo: (u) => tf.sub(h, u),
    at: (v) => ({
      u: () => tf.sub(h, v),
      logSlope: () => null,
      slope: () => tf.scalar(-1),
      bend: () => null,
      pull: (du) => ({ middle: [du] }),
      push: ({ middle: dh }) => ({ du: dh, dL: null }),
    }),
  }),
};
