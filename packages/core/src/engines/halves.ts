import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import { checkSeveral } from '../check';
import { refuse, show } from '../errors';
import { flag, type Rules, whole } from '../options';
import { channels, joinChannels, splitAt } from '../tensors/channels';
import { orderBack, reordered } from '../tensors/reordered';

export interface HalvesOptions {
  /** Channels of the half that stays. Default: half of them, which needs an even number. */
  split?: number;
  /** Move the first half and keep the second. Default false: the first half stays. */
  flip?: boolean;
  /** Which channels stay, such as every other one, [0, 2, 4], instead of `split` and `flip`. */
  stays?: readonly number[];
}

export const halvesRules: Rules<HalvesOptions> = {
  split: whole(),
  flip: flag,
  stays: {
    expected: 'a list of channels, each once, from 0',
    holds: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every(whole(0).holds),
    remedy: 'As in [0, 2, 4], or leave it out for the first half.',
  },
};

/** How a coupling divides the channels: the halves that stay and move, and the tensor of both. */
export interface Halves {
  /** The channels of each. */
  sizes(shape: Shape): [stays: number, moves: number];
  cut(t: tf.Tensor, flip: boolean): [stays: tf.Tensor, moves: tf.Tensor];
  join(stays: tf.Tensor, moves: tf.Tensor, flip: boolean): tf.Tensor;
}

/** The division that options describe, of which at least `fewest` channels must move. */
export function halvesOf(name: string, { split, flip: side, stays }: HalvesOptions, fewest: number): Halves {
  if (stays && (split ?? side) !== undefined)
    refuse(name, 'no split or flip beside stays', show({ split, flip: side }), 'The list tells which stay.');
  const given = stays?.length ?? split;
  const staying = (shape: Shape) => given ?? channels(shape) / 2;
  /** Those that stay, then the others; with `flip` the other way round. */
  const order = (n: number, flip: boolean) => {
    const moves = Array.from({ length: n }, (_, i) => i).filter((i) => !stays?.includes(i));
    return flip ? [...moves, ...(stays ?? [])] : [...(stays ?? []), ...moves];
  };
  return {
    sizes(shape) {
      const n = channels(shape);
      checkSeveral(name, n);
      if (given === undefined && n % 2 !== 0) {
        const remedy = 'Say how many channels stay with `split`, or squeeze the input first.';
        refuse(name, 'an even number of channels', `${n} in shape ${show(shape)}`, remedy);
      }
      const kept = staying(shape);
      if (kept < 1 || kept > n - fewest) {
        const expected = n > fewest ? `split to be 1 to ${n - fewest}` : `more than ${fewest} channels`;
        const remedy = `At least one channel must stay and at least ${fewest} must move.`;
        refuse(name, expected, `${kept} for shape ${show(shape)}`, remedy);
      }
      const beyond = stays?.find((i) => i >= n);
      if (beyond !== undefined)
        refuse(name, `stays to be channels below ${n}`, `${beyond}`, 'Make it for the shape that it gets.');
      return [kept, n - kept];
    },
    cut(t, flip) {
      const kept = staying(t.shape);
      const n = channels(t.shape);
      const [a, b] = splitAt(stays ? reordered(t, order(n, flip)) : t, flip ? n - kept : kept);
      return flip ? [b, a] : [a, b];
    },
    join(staying, moves, flip) {
      const t = joinChannels(flip ? [moves, staying] : [staying, moves]);
      return stays ? reordered(t, orderBack(order(channels(t.shape), flip))) : t;
    },
  };
}
