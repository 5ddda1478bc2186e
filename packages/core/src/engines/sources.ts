import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import type { Network } from '../conditioners/network';
import {
  batch,
  channels,
  joinChannels,
  perChannel,
  pixels,
  splitChannels,
  sumPerChannel,
  withChannels,
} from '../tensors/channels';
import type { Cotangents, Parameters, Transformer } from '../transformers/transformer';

/** What parameters are read from: the channels u that stay, weights, the condition. Their tangents, too. */
export interface Reads {
  u?: tf.Tensor | undefined;
  w: Weights;
  c?: tf.Tensor | undefined;
}

/** Cotangents of what was read. */
export interface Pulled {
  du?: tf.Tensor;
  dw: Weights;
  dc?: tf.Tensor;
}

/** Where the parameters of a transformer come from, for v of a shape, with its calculus. */
export interface Source {
  weights(v: Shape, u?: Shape, condition?: Shape): WeightSpec[];
  read(v: Shape, from: Reads): Parameters;
  linearize(v: Shape, from: Reads): { h: Parameters; pullback(dh: Cotangents): Pulled };
  pushforward(v: Shape, from: Reads, d: Reads): { h: Parameters; dh: Parameters };
  /** Weights that the first batch sets; none where there are no such. */
  initialize(from: Reads): Weights;
  /** The source of one training step; itself, where it is the same. */
  training(seed: number): Source;
}

/** How many numbers of each parameter belong to one that moves, as in `Transformer`. */
type Counts = Transformer['parameters'];

const mapped = <T, U>(record: Record<string, T>, f: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));

const sum = (terms: readonly tf.Tensor[]): tf.Tensor => terms.reduce((a, b) => tf.add(a, b));

/** No parameters. */
export const nothing: Source = {
  weights: () => [],
  read: () => ({}),
  linearize: () => ({ h: {}, pullback: () => ({ dw: {} }) }),
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
    linearize: (v) => ({ h: read(v), pullback: () => ({ dw: {} }) }),
    pushforward(v) {
      const h = read(v);
      return { h, dh: mapped(h, (t) => tf.zerosLike(t)) };
    },
    training: () => source,
  };
  return source;
}

/** Which numbers of a sample share a weight: those of a channel, or no two. */
export type Sharing = 'channel' | 'none';

/** Weights under the names of the parameters, [channels] or […spatial, channels], which start at zero. */
export function weightsPer(sharing: Sharing, counts: Counts): Source {
  const shared = sharing === 'channel';
  const own = (w: Weights, v: Shape): Parameters =>
    mapped(counts, (_, name) => {
      const t = w[name] as tf.Tensor;
      return shared ? perChannel(t, v.length) : t;
    });
  /** The cotangent of a weight from a term of that of its parameter, which may be one number per sample. */
  const gather = (t: tf.Tensor, v: Shape, n: number) => {
    const [batch = 1] = v;
    if (t.size === batch && n > 1) return tf.mul(tf.sum(t), shared ? pixels(v) : 1);
    return shared ? sumPerChannel(t) : tf.sum(t, 0);
  };
  const source: Source = {
    weights: (v) =>
      Object.entries(counts).map(([name, k]) => {
        const shape = withChannels(shared ? v.slice(-1) : v.slice(1), k * channels(v));
        return { name, shape, initialize: () => tf.zeros(shape) };
      }),
    read: (v, { w }) => own(w, v),
    linearize(v, { w }) {
      const numbers = v.slice(1).reduce((n, size) => n * size, 1);
      return {
        h: own(w, v),
        pullback: (dh) => ({
          dw: mapped(dh, (terms) => sum(terms.map((t) => gather(t, v, numbers)))),
        }),
      };
    },
    pushforward: (v, { w }, d) => ({ h: own(w, v), dh: own(d.w, v) }),
    initialize: () => ({}),
    training: () => source,
  };
  return source;
}

/** The output of a network as parameters, one after the other in the channels, and back. */
function blocks(counts: Counts) {
  const names = Object.keys(counts);
  const sizes = (v: Shape) => Object.values(counts).map((k) => k * channels(v));
  return {
    out: (v: Shape) => sizes(v).reduce((n, size) => n + size, 0),
    cut(h: tf.Tensor, v: Shape): Parameters {
      const cut = names.length === 1 ? [h] : splitChannels(h, sizes(v));
      return Object.fromEntries(names.map((name, i) => [name, cut[i] as tf.Tensor]));
    },
    join(dh: Cotangents): tf.Tensor {
      const [first, ...rest] = names.map((name) => sum(dh[name] as readonly tf.Tensor[]));
      return rest.length > 0 ? joinChannels([first as tf.Tensor, ...rest]) : (first as tf.Tensor);
    },
  };
}

/** A network of the channels u that stay, and of the condition. It is evaluated once, and that evaluation is differentiated. */
export const networkOfPart = (net: Network, counts: Counts): Source =>
  sourceOf(net, counts, 'u', ({ u, c }) => [u, c]);

/** A network of the condition alone; where that is a vector, its output is the same at every pixel. */
export const networkOfCondition = (net: Network, counts: Counts): Source =>
  sourceOf(net, counts, 'c', ({ c }) => [c, undefined]);

/** A network as a source: `reads` tells its input and its condition, `name` what the input is. */
function sourceOf(
  net: Network,
  counts: Counts,
  name: 'u' | 'c',
  reads: (from: Partial<Reads>) => [x: tf.Tensor | undefined, c: tf.Tensor | undefined],
): Source {
  const { out, cut, join } = blocks(counts);
  const inputs = (from: Reads) => reads(from) as [tf.Tensor, tf.Tensor | undefined];
  const source: Source = {
    weights: (v, u, condition) =>
      name === 'u' ? net.weights(u ?? v, out(v), condition) : net.weights(condition ?? v, out(v)),
    read(v, from) {
      const [x, c] = inputs(from);
      return cut(everyPixel(net.forward(x, from.w, c), v), v);
    },
    linearize(v, from) {
      const [x, c] = inputs(from);
      const { h, pullback } = net.linearize(x, from.w, c);
      return {
        h: cut(everyPixel(h, v), v),
        pullback(dh) {
          const { dx, ...rest } = pullback(perSample(join(dh), h.rank));
          return name === 'u' ? { du: dx, ...rest } : { dc: dx, ...rest };
        },
      };
    },
    pushforward(v, from, d) {
      const [x, c] = inputs(from);
      const [dx = tf.zerosLike(x), dc] = reads(d);
      const { h, dh } = net.pushforward(x, dx, from.w, d.w, c, dc);
      return { h: cut(everyPixel(h, v), v), dh: cut(everyPixel(dh, v), v) };
    },
    initialize(from) {
      const [x, c] = inputs(from);
      return net.initialize(x, from.w, c);
    },
    training(seed) {
      const next = net.training(seed);
      return next === net ? source : sourceOf(next, counts, name, reads);
    },
  };
  return source;
}

/** A vector for each sample at every pixel of v, and the adjoint; what has pixels stays as it is. */
function everyPixel(h: tf.Tensor, v: Shape): tf.Tensor {
  if (h.rank === v.length) return h;
  const space = v.slice(1, -1);
  const one = tf.reshape(h, [batch(h), ...space.map(() => 1), channels(h.shape)]);
  return tf.add(one, tf.zeros([1, ...space, 1]));
}
const perSample = (dh: tf.Tensor, rank: number): tf.Tensor =>
  dh.rank === rank
    ? dh
    : tf.sum(
        dh,
        Array.from({ length: dh.rank - 2 }, (_, i) => i + 1),
      );
