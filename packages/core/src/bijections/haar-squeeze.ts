import type * as tf from '@tensorflow/tfjs-core';
import { type ExactOptions, exactRule, gridOf } from '../autodiff/grid';
import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { type ChannelOrder, channelOrderRule, ordered } from '../tensors/channel-order';
import { halving } from '../tensors/halving';
import { subbands } from '../tensors/subbands';

export interface HaarSqueezeOptions extends ExactOptions {
  /** Whether the channels come by subband p, p·C + c, or by channel c, c·2^d + p with the bits of p reversed, as in PyTorch. Default 'subbands'. */
  order?: ChannelOrder;
}

/**
 * Haar squeeze: sums and differences of neighbours; every spatial size halves, channels grow 2^d-fold, d spatial axes.
 *
 *     L = (a + b) / √2      a = (L + H) / √2      log|det J| = 0
 *     H = (a − b) / √2      b = (L − H) / √2
 *     y[…, p·C + c]         subband p of channel c, bit k of p: 0 for L, 1 for H along spatial axis k
 *
 * x: [batch, …1 to 3 even spatial sizes, C].   Haar 1910, doi:10.1007/BF01456326; as a layer: Ardizzone et al. 2019, arXiv:1907.02392, “Haar wavelet downsampling”.
 */
export const haarSqueeze = defineBijection(
  {
    className: 'InvertibleHaarSqueeze',
    source: 'Haar 1910; Ardizzone et al. 2019',
    logDet: '0',
    axes: spatialRanks,
    options: { exact: exactRule, order: channelOrderRule },
  },
  ({ exact, order = 'subbands' }: HaarSqueezeOptions, name) => {
    const lattice = { t: [1], scale: Math.SQRT1_2 };
    const grid = gridOf(name, exact);
    const haar = { ...halving(name), ...ordered(subbands({ lattice }), order) };
    if (!grid) return isometry(name, haar);
    const { apply, undo } = ordered(subbands({ lattice, grid }), order);
    const enter = (t: tf.Tensor) => grid.within(grid.round(t));
    return isometry(name, haar, { apply: (x) => apply(enter(x)), undo: (y) => undo(enter(y)) });
  },
);
