import type { Bijection, Shape } from '../bijection';
import { defineBijection } from '../define';
import { permuting } from '../engines/permuting';
import { refuse, show } from '../errors';
import { listedOrder, seed as seedRule } from '../options';
import { randomOrder } from '../random';
import { channels } from '../tensors/channels';

export interface PermutationOptions {
  /** Which channel of x comes at each place of y: 0 … n−1 in any order. Default: a random one. */
  order?: readonly number[];
  /** Of the random order. Default 0. */
  seed?: number;
}

/**
 * Fixed permutation π of the channels, the same at every pixel.
 *
 *     y[…, i] = x[…, π(i)]      log|det J| = 0      x[…, π(i)] = y[…, i]
 *
 * x: [batch, …spatial, channels].   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.2.
 */
export const permutation = defineBijection(
  {
    className: 'InvertiblePermutation',
    source: 'Kingma & Dhariwal 2018, 3.2',
    logDet: '0',
    seeded: true,
    options: {
      seed: seedRule,
      order: { ...listedOrder, remedy: 'Leave it out for a random one.' },
    },
  },
  ({ order, seed = 0 }: PermutationOptions, name): Bijection => {
    if (!order) return permuting(name, (n) => randomOrder(n, seed));
    const same = (shape: Shape) => {
      if (channels(shape) === order.length) return [...shape];
      const expected = `${order.length} channels, as many as order has`;
      return refuse(name, expected, `shape ${show(shape)}`, 'Give an order of that length, or none.');
    };
    return { ...permuting(name, () => order), outputShape: same, inputShape: same };
  },
);
