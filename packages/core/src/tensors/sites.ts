import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { channels, pixels } from './channels';

/** Where one number of a sample is: its channel, at one pixel or at every pixel. */
export interface Site {
  pixel: number;
  channel: number;
}

/** The numbers of samples of a shape, one after the other. */
export interface Sites {
  list: readonly Site[];
  /** The k numbers that t has at a site: [rows, k] of a t with k times the channels, first all first numbers. */
  take(t: tf.Tensor, site: Site, k?: number): tf.Tensor;
  /** t with other numbers at a site, [rows, 1]. */
  put(t: tf.Tensor, site: Site, column: tf.Tensor): tf.Tensor;
}

/** The channels in an order: at all pixels at once, where a row is a pixel, or pixel by pixel, where a row is a sample. */
export function sitesOf(shape: Shape, order: readonly number[], byPixel: boolean): Sites {
  const n = channels(shape);
  const size = byPixel ? pixels(shape) : 1;
  const list = Array.from({ length: size }, (_, pixel) => order.map((channel) => ({ pixel, channel })));
  return {
    list: list.flat(),
    take(t, { pixel, channel }, k = 1) {
      const all = tf.reshape(t, [-1, size, k, n]);
      return tf.reshape(tf.slice(all, [0, pixel, 0, channel], [-1, 1, k, 1]), [-1, k]);
    },
    put(t, { pixel, channel }, column) {
      const rows = tf.reshape(t, [-1, size * n]);
      const at = pixel * n + channel;
      const part = (from: number, to: number) =>
        from < to ? [tf.slice(rows, [0, from], [-1, to - from])] : [];
      return tf.reshape(tf.concat([...part(0, at), column, ...part(at + 1, size * n)], 1), t.shape);
    },
  };
}
