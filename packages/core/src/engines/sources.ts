import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Cotangents as ReadCotangents, Shape, WeightSpec, Weights } from '../bijection';
import { refuse, show } from '../errors';
import { channels, perChannel, pixels, sumPerChannel, withChannels } from '../tensors/channels';
import type { Cotangents, Parameters, Transformer } from '../transformers/transformer';
import { weight } from '../weight-names';

/** Tensors that parameters are read from: the channels u that stay, weights, the condition. Their tangents, too. */
export interface Reads {
  u?: tf.Tensor | undefined;
  w: Weights;
  c?: tf.Tensor | undefined;
}

/** Cotangents of the tensors that were read. */
export interface Pulled extends ReadCotangents {
  du?: tf.Tensor;
}

/** Parameters with their pullback, in two halves: between them, what cotangents were made of is freed. */
export interface LinearizedSource {
  h: Parameters;
  /** Cotangents of h as `pullback` takes them. h is read no more. */
  gather(dh: () => Cotangents): Weights;
  pullback(gathered: Weights): Pulled;
}

/** Where the parameters of a transformer come from, for v of a shape, with its calculus. */
export interface Source {
  weights(v: Shape, u?: Shape, condition?: Shape): WeightSpec[];
  read(v: Shape, from: Reads): Parameters;
  linearize(v: Shape, from: Reads): LinearizedSource;
  pushforward(v: Shape, from: Reads, d: Reads): { h: Parameters; dh: Parameters };
  /** Weights that the first batch sets; none where there are no such. */
  initialize(from: Reads): Weights;
  /** The source of one training step; itself, where it is the same. */
  training(seed: number): Source;
}

/** How many numbers of each parameter belong to one that moves, as in `Transformer`. */
export type Counts = Transformer['parameters'];

const mapped = <T, U>(record: Record<string, T>, f: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));

export const sumTerms = (terms: readonly tf.Tensor[]): tf.Tensor => terms.reduce((a, b) => tf.add(a, b));

/** Nobody asks for cotangents. */
const unread = { gather: () => ({}), pullback: () => ({ dw: {} }) };

/** No parameters. */
export const nothing: Source = {
  weights: () => [],
  read: () => ({}),
  linearize: () => ({ h: {}, ...unread }),
  pushforward: () => ({ h: {}, dh: {} }),
  initialize: () => ({}),
  training: () => nothing,
};

/** Numbers that stay as they are: one for all channels, or one for each. */
export function constants(values: Record<string, number | readonly number[]>): Source {
  const read = (v: Shape) =>
    mapped(values, (value) =>
      typeof value === 'number' ? tf.scalar(value) : perChannel(tf.tensor1d([...value]), v.length),
    );
  const source: Source = {
    ...nothing,
    read,
    linearize: (v) => ({ h: read(v), ...unread }),
    pushforward(v) {
      const h = read(v);
      return { h, dh: mapped(h, (t) => tf.zerosLike(t)) };
    },
    training: () => source,
  };
  return source;
}

/** The shape, if lists of constants have a number for each of its channels. */
export function checkCounts(
  name: string,
  shape: Shape,
  lists: readonly (number | readonly unknown[])[],
): number[] {
  for (const list of lists) {
    if (typeof list === 'number' || list.length === channels(shape)) continue;
    const expected = `${list.length} channels, one for each number of an option`;
    refuse(name, expected, `shape ${show(shape)}`, 'Give one number for all channels, or one for each.');
  }
  return [...shape];
}

/** A bijection with lists among its options, which hold one for each channel. */
export function forChannels(b: Bijection, lists: readonly (readonly unknown[])[]): Bijection {
  if (lists.length === 0) return b;
  const same = (shape: Shape) => checkCounts(b.name, shape, lists);
  return { ...b, outputShape: same, inputShape: same };
}

/** Which numbers of a sample share a weight: those of a channel, or no two. */
export type Sharing = 'channel' | 'none';

/** Weights under the names of the parameters, [channels] or […spatial, channels], which start at zero. */
export function weightsPer(sharing: Sharing, counts: Counts): Source {
  const shared = sharing === 'channel';
  const own = (w: Weights, v: Shape): Parameters =>
    mapped(counts, (_, name) => {
      const t = weight(w, name);
      return shared ? perChannel(t, v.length) : t;
    });
  /** The cotangent of a weight from a term of that of its parameter, which may be one number per sample. */
  const gather = (t: tf.Tensor, v: Shape) => {
    if (t.rank === 1) return tf.mul(tf.sum(t), shared ? pixels(v) : 1);
    return shared ? sumPerChannel(t) : tf.sum(t, 0);
  };
  const source: Source = {
    weights: (v) =>
      Object.entries(counts).map(([name, k]) => {
        const shape = withChannels(shared ? v.slice(-1) : v.slice(1), k * channels(v));
        return { name, shape, initialize: () => tf.zeros(shape) };
      }),
    read: (v, { w }) => own(w, v),
    linearize: (v, { w }) => ({
      h: own(w, v),
      gather: (dh) => mapped(dh(), (terms) => sumTerms(terms.map((t) => gather(t, v)))),
      pullback: (dw) => ({ dw }),
    }),
    pushforward: (v, { w }, d) => ({ h: own(w, v), dh: own(d.w, v) }),
    initialize: () => ({}),
    training: () => source,
  };
  return source;
}
