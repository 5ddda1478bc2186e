import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import type { Network } from '../conditioners/network';
import { joinChannels, splitChannels } from '../tensors/channels';
import { channels, perChannel, pixels, sumPerChannel, withChannels } from '../tensors/shape';
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
export function networkOfPart(net: Network, counts: Counts): Source {
  const { out, cut, join } = blocks(counts);
  const source: Source = {
    weights: (v, u = v, condition) => net.weights(u, out(v), condition),
    read: (v, { u, w, c }) => cut(net.forward(u as tf.Tensor, w, c), v),
    linearize(v, { u, w, c }) {
      const { h, pullback } = net.linearize(u as tf.Tensor, w, c);
      return {
        h: cut(h, v),
        pullback(dh) {
          const { dx: du, ...rest } = pullback(join(dh));
          return { du, ...rest };
        },
      };
    },
    pushforward(v, { u, w, c }, d) {
      const { h, dh } = net.pushforward(u as tf.Tensor, d.u as tf.Tensor, w, d.w, c, d.c);
      return { h: cut(h, v), dh: cut(dh, v) };
    },
    initialize: ({ u, w, c }) => net.initialize(u as tf.Tensor, w, c),
    training(seed) {
      const next = net.training(seed);
      return next === net ? source : networkOfPart(next, counts);
    },
  };
  return source;
}

/** A network of the condition alone; where that is a vector, its output is the same at every pixel. */
export function networkOfCondition(net: Network, counts: Counts): Source {
  const { out, cut, join } = blocks(counts);
  const every = (h: tf.Tensor, v: Shape) => {
    if (h.rank === v.length) return h;
    const space = v.slice(1, -1);
    const one = tf.reshape(h, [h.shape[0] as number, ...space.map(() => 1), channels(h.shape)]);
    return tf.add(one, tf.zeros([1, ...space, 1]));
  };
  const gather = (dh: tf.Tensor, rank: number) =>
    dh.rank === rank
      ? dh
      : tf.sum(
          dh,
          Array.from({ length: dh.rank - 2 }, (_, i) => i + 1),
        );
  const source: Source = {
    weights: (v, _, condition) => net.weights(condition as Shape, out(v)),
    read: (v, { w, c }) => cut(every(net.forward(c as tf.Tensor, w), v), v),
    linearize(v, { w, c }) {
      const { h, pullback } = net.linearize(c as tf.Tensor, w);
      return {
        h: cut(every(h, v), v),
        pullback(dh) {
          const { dx: dc, dw } = pullback(gather(join(dh), h.rank));
          return { dw, dc };
        },
      };
    },
    pushforward(v, { w, c }, d) {
      const given = c as tf.Tensor;
      const { h, dh } = net.pushforward(given, d.c ?? tf.zerosLike(given), w, d.w);
      return { h: cut(every(h, v), v), dh: cut(every(dh, v), v) };
    },
    initialize: ({ w, c }) => net.initialize(c as tf.Tensor, w),
    training(seed) {
      const next = net.training(seed);
      return next === net ? source : networkOfCondition(next, counts);
    },
  };
  return source;
}
