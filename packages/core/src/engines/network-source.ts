import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../bijection';
import type { Network } from '../conditioners/network';
import { batch, channels, joinChannels, perElement, splitChannels } from '../tensors/channels';
import { tidy } from '../tidy';
import type { Cotangents, Parameters } from '../transformers/transformer';
import { present } from '../weight-names';
import { type Counts, type Reads, type Source, sumTerms } from './sources';

/** The output of a network as parameters, one after the other in the channels, and back. */
function blocks(counts: Counts) {
  const names = Object.keys(counts);
  const sizes = (v: Shape) => Object.values(counts).map((k) => k * channels(v));
  return {
    out: (v: Shape) => sizes(v).reduce((n, size) => n + size, 0),
    cut(h: tf.Tensor, v: Shape): Parameters {
      const cut = names.length === 1 ? [h] : splitChannels(h, sizes(v));
      return Object.fromEntries(cut.map((t, i) => [names[i], t]));
    },
    join(dh: Cotangents): tf.Tensor {
      const rank = Math.max(...names.flatMap((name) => (dh[name] ?? []).map((t) => t.rank)));
      const every = (t: tf.Tensor) => (t.rank === 1 ? perElement(t, rank) : t);
      const all = names.map((name) => sumTerms((dh[name] ?? []).map(every)));
      return all.length === 1 ? present(all[0]) : joinChannels(all);
    },
  };
}

/** A network of the channels u that stay, and of the condition. It is evaluated once, and that evaluation is differentiated. */
export const networkOfPart = (net: Network, counts: Counts): Source =>
  sourceOf(net, counts, 'u', ({ u, c }) => [u, c]);

/** A network of the condition alone; where that is a vector, its output is the same at every pixel. */
export const networkOfCondition = (net: Network, counts: Counts): Source =>
  sourceOf(net, counts, 'c', ({ c }) => [c, undefined]);

/** A network as a source: `reads` tells its input and its condition, `name` names the input. */
function sourceOf(
  net: Network,
  counts: Counts,
  name: 'u' | 'c',
  reads: (from: Partial<Reads>) => [x: tf.Tensor | undefined, c: tf.Tensor | undefined],
): Source {
  const { out, cut, join } = blocks(counts);
  const inputs = (from: Reads) => {
    const [x, c] = reads(from);
    return [present(x), c] as const;
  };
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
      const rank = h.rank;
      const parts = tidy(() => cut(everyPixel(h, v), v));
      const own = Object.values(parts).filter((t) => t !== h);
      if (!net.reads.h && own.length > 0) h.dispose();
      return {
        h: parts,
        gather(dh) {
          // A name of its own: it may be the cotangent of u itself, which is the caller's.
          const d = tidy(() => tf.clone(perSample(join(dh()), rank)));
          tf.dispose(own);
          return { d };
        },
        pullback({ d }) {
          const { dx, ...rest } = pullback(present(d));
          d?.dispose();
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

/** A vector for each sample at every pixel of v, and the adjoint; parameters that have pixels stay as they are. */
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
