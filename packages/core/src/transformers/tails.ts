import * as tf from '@tensorflow/tfjs-core';
import { either, listOf, oneOf, type Rule, type Rules } from '../options';
import { perChannel } from '../tensors/channels';
import type { EndSlopes } from './knots';
import type { Transformer } from './transformer';

export type Tails = 'linear' | 'bounded' | 'circular';
/** The ends of a box. */
export type Bounds = readonly [low: number, high: number];

export interface TailOptions {
  /**
   * Outside of the box: 'linear', the identity; 'bounded', no number may be; 'circular', the same, and the slopes at both ends are
   * equal, as for angles. Of all channels, or a list of one for each. Default 'linear'.
   */
  tails?: Tails | readonly Tails[];
  /** The ends of the box, [low, high]: of all channels, or a list of one for each. Default [−bound, bound]. */
  bounds?: Bounds | readonly Bounds[];
}

const isBounds = (value: unknown): value is Bounds =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((end) => typeof end === 'number' && Math.abs(end) <= 1e30) &&
  value[1] - value[0] >= 1e-3;

export const boundsRule: Rule = { expected: '[low, high] with low < high', holds: isBounds };
const one = oneOf('linear', 'bounded', 'circular');

export const tailRules: Rules<TailOptions> = {
  tails: either(one, listOf(one, 1)),
  bounds: either(boundsRule, listOf(boundsRule, 1)),
};

/** What sets the boxes of channels apart from [−B, B] with linear tails: lists of one for all channels, or of one for each. */
export interface Boxes {
  closed?: readonly boolean[];
  ends?: EndSlopes;
  bounds?: readonly Bounds[];
}

/** How the slopes at the ends come from the numbers that a channel has for them. */
const shares: Record<Tails, readonly [own: number, other: number]> = {
  linear: [0, 0],
  bounded: [1, 0],
  circular: [0.5, 0.5],
};

export function boxesOf({ tails = 'linear', bounds }: TailOptions): Boxes {
  const list = typeof tails === 'string' ? [tails] : tails;
  const given = bounds && { bounds: isBounds(bounds) ? [bounds] : bounds };
  if (list.every((tail) => tail === 'linear')) return { ...given };
  return {
    closed: list.map((tail) => tail !== 'linear'),
    ends: { own: list.map((tail) => shares[tail][0]), other: list.map((tail) => shares[tail][1]) },
    ...given,
  };
}

type Pick = <T>(list: readonly T[]) => readonly T[];

/** The boxes of some of the channels. */
export const someBoxes = ({ closed, ends, bounds }: Boxes, pick: Pick): Boxes => ({
  ...(closed && { closed: pick(closed) }),
  ...(ends && { ends: { own: pick(ends.own), other: pick(ends.other) } }),
  ...(bounds && { bounds: pick(bounds) }),
});

/** The tails of some of the channels. */
export const someTails = ({ tails, bounds }: TailOptions, pick: Pick): TailOptions => ({
  ...(tails && { tails: typeof tails === 'string' ? tails : pick(tails) }),
  ...(bounds && { bounds: isBounds(bounds) ? bounds : pick(bounds) }),
});

/** The lists among the tails that options may have, which are made for as many channels as they are long. */
export const listsOf = ({
  tails = 'linear',
  bounds,
}: TailOptions & { kind?: string }): (readonly unknown[])[] => [
  ...(typeof tails === 'string' ? [] : [tails]),
  ...(!bounds || isBounds(bounds) ? [] : [bounds]),
];

/** Where numbers may be: a box that is closed ends there. */
export function supportOf({ closed, bounds }: Boxes, B: number): Transformer['domain'] {
  if (!closed) return undefined;
  const n = Math.max(closed.length, bounds?.length ?? 1);
  const all = <T>(list: readonly T[]) =>
    list.length === 1 ? Array.from({ length: n }, () => list).flat() : list;
  const of = all(bounds ?? [[-B, B] as const]);
  const ends = all(closed).map((is, i) =>
    is ? (of[i] ?? [-B, B]) : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  );
  const [low, high] = [ends.map(([end = 0]) => end), ends.map(([, end = 0]) => end)];
  return n === 1 ? [low[0] ?? -B, high[0] ?? B] : [low, high];
}

/**
 * A transformer of [−B, B] for other boxes.
 *
 *     u = a φ((v − m)/a) + m,  m the middle, a = (high − low)/2B
 */
export const inBoxes = <P extends string>(
  phi: Transformer<P>,
  bounds: readonly Bounds[],
  B: number,
): Transformer<P> => ({
  ...phi,
  given(h) {
    const inner = phi.given(h);
    const each = (of: (bounds: Bounds) => number, { rank }: tf.Tensor) =>
      perChannel(tf.tensor1d(bounds.map(of)), rank);
    const middle = (t: tf.Tensor) => each(([low, high]) => (low + high) / 2, t);
    const size = (t: tf.Tensor) => each(([low, high]) => (high - low) / (2 * B), t);
    const enter = (t: tf.Tensor) => tf.div(tf.sub(t, middle(t)), size(t));
    const leave = (t: tf.Tensor) => tf.add(tf.mul(t, size(t)), middle(t));
    return {
      undo: (u) => leave(inner.undo(enter(u))),
      at(v) {
        const local = inner.at(enter(v));
        return {
          ...local,
          u: () => leave(local.u()),
          bend() {
            const bend = local.bend();
            return bend && tf.div(bend, size(bend));
          },
          pull: (du, dL) => local.pull(tf.mul(du, size(du)), dL),
          push(dh) {
            const { du, dL } = local.push(dh);
            return { du: du && tf.mul(du, size(du)), dL };
          },
        };
      },
    };
  },
});
