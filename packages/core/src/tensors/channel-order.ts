import type * as tf from '@tensorflow/tfjs-core';
import { oneOf } from '../options';
import { channels } from './channels';
import { orderBack, reordered } from './reordered';
import type { Rearrangement } from './subbands';

/**
 * Where subband p of channel c stands among the channels, of d spatial axes and C channels:
 *
 *     subbands    p·C + c                 all of one subband beside each other, bit k of p for axis k
 *     channels    c·2ᵈ + p reversed       all of one channel beside each other, the bits of the last axis first, as in PyTorch
 */
export type ChannelOrder = 'subbands' | 'channels';

export const channelOrderRule = oneOf('subbands', 'channels');

/** A rearrangement into subbands whose channels come in another order. */
export function ordered<T extends Rearrangement>(map: T, order: ChannelOrder): T {
  if (order === 'subbands') return map;
  const orderOf = ({ shape }: tf.Tensor) => byChannel(2 ** (shape.length - 2), channels(shape));
  return {
    ...map,
    apply(x) {
      const y = map.apply(x);
      return reordered(y, orderOf(y));
    },
    undo: (y) => map.undo(reordered(y, orderBack(orderOf(y)))),
  };
}

const byChannel = (bands: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => reversed(i % bands, bands) * (n / bands) + Math.floor(i / bands));

/** The bits of p < bands in the other order. */
function reversed(p: number, bands: number): number {
  let r = 0;
  for (let bit = 1; bit < bands; bit *= 2) r = 2 * r + Number((p & bit) > 0);
  return r;
}
