import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { convolve, convolveFilter, convolveInput } from '../kernels/convolve';
import { randomNormal } from '../random';
import {
  batch,
  channels,
  joinChannels,
  perChannel,
  perElement,
  splitAt,
  sumPerChannel,
  withChannels,
} from '../tensors/channels';
import { copies, sumOfCopies } from '../tensors/copies';
import { weight } from '../weight-names';
import { swish } from './swish';

/**
 * Pairs of directions, k for every sample, those of all samples one after the other: [k·batch, …spatial, channels]. Visited stack by
 * stack, so that no more than one is there at a time; who visits frees what it makes.
 */
export type Probes = (visit: (p: tf.Tensor, q: tf.Tensor) => void) => void;

/** Each unit vector for every sample, one unit after the other. */
export const units = (x: tf.Tensor): tf.Tensor => {
  const n = x.size / batch(x);
  const rows = tf.tile(tf.reshape(tf.eye(n), [n, 1, n]), [1, batch(x), 1]);
  return tf.reshape(rows, [-1, ...x.shape.slice(1)]);
};

/** Numbers ±1 at random, the same for the same seed and shape. */
export const signs = (x: tf.Tensor, seed: number): tf.Tensor =>
  tf.sub(tf.mul(2, tf.step(randomNormal(x.shape, seed))), 1);

/** Probes weighted by one number for each sample. */
export const weighted =
  (probes: Probes, by: tf.Tensor): Probes =>
  (visit) =>
    probes((p, q) => {
      const own = tf.tidy(() => tf.mul(q, copies(perElement(by, q.rank), batch(q) / batch(by))));
      visit(p, own);
      own.dispose();
    });

/** The layers of a probed network. */
export const LAYERS = 3;

export const names = Array.from({ length: LAYERS }, (_, l) => [`W${l + 1}`, `b${l + 1}`] as const);

/** A layer at a point: what it reads, and but for the first the activation before, its slope and its bend. */
interface Layer {
  W: string;
  b: string;
  kernel: tf.Tensor;
  a: tf.Tensor;
  before: { slope: tf.Tensor; bend: () => tf.Tensor } | undefined;
}

export function evaluated(u: tf.Tensor, w: Weights) {
  const layers: Layer[] = [];
  let z: tf.Tensor | undefined;
  for (const [W, b] of names) {
    const from = z;
    const before = from && { slope: swish.slope(from), bend: () => swish.bend(from) };
    const [kernel, a] = [weight(w, W), from ? swish.value(from) : u];
    layers.push({ W, b, kernel, a, before });
    z = tf.add(convolve(a, kernel), perChannel(weight(w, b), u.rank));
  }
  return { layers, h: z ?? u };
}

/** The first n channels, or as many with zeros behind. */
export function inFront(t: tf.Tensor, n: number): tf.Tensor {
  const own = channels(t.shape);
  if (own === n) return t;
  return own > n ? splitAt(t, n)[0] : joinChannels([t, tf.zeros(withChannels(t.shape, n - own))]);
}

/** Of each layer, what it reads of k tangents for every sample, t, and what it makes of them, s. */
interface Along {
  layer: Layer;
  t: tf.Tensor;
  s: tf.Tensor;
  k: number;
}

export function tangents(layers: readonly Layer[], p: tf.Tensor, k: number): Along[] {
  let t = p;
  return layers.map((layer) => {
    if (layer.before) t = tf.mul(copies(layer.before.slope, k), t);
    const s = convolve(t, layer.kernel);
    const along = { layer, t, s, k };
    t = s;
    return along;
  });
}

/** Through one layer and the activation before it, backwards. */
const cotangentBefore = ({ kernel, before }: Layer, d: tf.Tensor, k: number) => {
  const own = convolveInput(d, kernel);
  return before ? tf.mul(copies(before.slope, k), own) : own;
};

export const cotangent = (layers: readonly Layer[], q: tf.Tensor, k: number) =>
  layers.reduceRight((d, layer) => cotangentBefore(layer, d, k), q);

/**
 * The derivatives of s = Σ ⟨q, J p⟩: in each kernel; and, but for the first layer, in what the activation before it reads, through its
 * slope: φ″ ⊙ s. Layer by layer, from the last.
 */
export function bends(along: readonly Along[], q: tf.Tensor): tf.Tensor[] {
  let d = q;
  return along
    .map(({ layer, t, k }, l) => ({ layer, t, k, read: along[l - 1]?.s }))
    .reverse()
    .flatMap(({ layer: { kernel, before }, t, k, read }) => {
      const dW = convolveFilter(t, d, kernel.shape);
      if (!before || !read) return [dW];
      const dt = convolveInput(d, kernel);
      d = tf.mul(copies(before.slope, k), dt);
      return [dW, tf.mul(sumOfCopies(tf.mul(dt, read), k), before.bend())];
    });
}

/** The cotangents of what the network reads, and of its weights; bends are added where they arise. */
export function pulled(layers: readonly Layer[], dh: tf.Tensor, bent: readonly tf.Tensor[] = []) {
  const dw: Weights = {};
  const more = bent.values();
  const plus = (t: tf.Tensor) => {
    const { value } = more.next();
    return value ? tf.add(t, value) : t;
  };
  let d = dh;
  for (const layer of [...layers].reverse()) {
    dw[layer.W] = plus(convolveFilter(layer.a, d, layer.kernel.shape));
    dw[layer.b] = sumPerChannel(d);
    d = cotangentBefore(layer, d, 1);
    if (layer.before) d = plus(d);
  }
  return { du: d, dw };
}

/** The tangents of h, and of what each layer puts out before it. */
export function pushed(layers: readonly Layer[], du: tf.Tensor, dw: Weights) {
  let d = du;
  const dz = layers.map(({ W, b, kernel, a, before }) => {
    const read = before ? tf.mul(before.slope, d) : d;
    const through = tf.add(convolve(read, kernel), convolve(a, weight(dw, W)));
    d = tf.add(through, perChannel(weight(dw, b), a.rank));
    return d;
  });
  return { dh: d, dz };
}

/** The tangent of J p, for those of the weights and of what each layer puts out. */
export function turned(
  along: readonly Along[],
  dw: Weights,
  dz: readonly tf.Tensor[],
  p: tf.Tensor,
): tf.Tensor {
  let d: tf.Tensor | undefined;
  for (const [l, { layer, t, k }] of along.entries()) {
    const { W, kernel, before } = layer;
    const moved = convolve(t, weight(dw, W));
    const [s, change] = [along[l - 1]?.s, dz[l - 1]];
    if (!before || !d || !s || !change) d = moved;
    else {
      const bent = tf.mul(copies(tf.mul(before.bend(), change), k), s);
      d = tf.add(convolve(tf.add(tf.mul(copies(before.slope, k), d), bent), kernel), moved);
    }
  }
  return d ?? tf.zerosLike(p);
}
