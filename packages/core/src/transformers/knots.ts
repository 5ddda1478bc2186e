import * as tf from '@tensorflow/tfjs-core';
import { add, concat, div, mul, reshape, sub, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { noGrad } from '../autodiff/tapes/no-grad';
import type { Shape } from '../bijection';
import { channels, sizeOf, withChannels } from '../tensors/channels';
import type { Parameters } from './transformer';

/** The parameters of a spline of K bins: K widths, K heights, K − 1 slopes at the inner knots, or K + 1 at all. */
export type KnotParameters = 'widths' | 'heights' | 'slopes';

/** The least width and height of a bin, as a part of the box, and the least slope at a knot. */
const least = 1e-3;
/** softplus(unit) + least = 1: a spline whose parameters are zero is the identity. */
const unit = Math.log(Math.expm1(1 - least));

/** Some slots of the middle axis. */
export const some = (t: Tensor, from: number, count: number): Tensor =>
  tf.slice(t, [0, from, 0], [-1, count, -1]);

/** Parameters beyond count as these, so that nothing overflows; there the derivative is zero. */
const most = 1e3;
const bounded = (raw: Tensor) => tf.clipByValue(raw, -most, most);
const through = (raw: Tensor, d: Tensor) => tf.tidy(() => mul(d, tf.step(sub(most, tf.abs(raw)))));

/** Sizes of K bins that fill [0, box], and their derivative both ways, with the softmax's p ⊙ (d − Σ p d), its own adjoint. */
function sizes(raw: Tensor, K: number, box: number) {
  const p = tf.tidy(() => {
    const value = bounded(raw);
    const e = tf.exp(sub(value, tf.max(value, 1, true)));
    return div(e, tf.sum(e, 1, true));
  });
  const scale = box * (1 - K * least);
  const change = (d: Tensor) => tf.tidy(() => mul(mul(scale, p), sub(d, tf.sum(mul(p, d), 1, true))));
  return {
    value: tf.tidy(() => add(mul(scale, p), box * least)),
    pull: (d: Tensor) => through(raw, change(d)),
    push: (d: Tensor) => change(through(raw, d)),
  };
}

/** Slopes at the inner knots, beside those at the ends, which are 1; and their derivative both ways. */
function innerSlopes(raw: Tensor, K: number) {
  const slope = () => through(raw, tf.sigmoid(add(bounded(raw), unit)));
  const none = zerosLike(some(raw, 0, 1));
  const between = (end: Tensor, inner: Tensor) => concat([end, inner, end], 1);
  return {
    value: tf.tidy(() => between(add(none, 1), add(tf.softplus(add(bounded(raw), unit)), least))),
    pull: (d: Tensor) => tf.tidy(() => mul(some(d, 1, K - 1), slope())),
    push: (d: Tensor) => tf.tidy(() => between(none, mul(d, slope()))),
  };
}

/** How the slopes at the ends come from the two numbers of each channel for them: so much of the own one, and of the other. */
export interface EndSlopes {
  own: readonly number[];
  other: readonly number[];
}

/** Slopes at all knots, those at the ends mixed. */
function allSlopes(raw: Tensor, K: number, ends: EndSlopes) {
  const [own, other] = [tf.tensor1d([...ends.own]), tf.tensor1d([...ends.other])];
  /** Its own adjoint. */
  const mixed = (t: Tensor) => {
    const [first, last] = [some(t, 0, 1), some(t, K, 1)];
    const end = (a: Tensor, b: Tensor) => add(mul(own, a), mul(other, b));
    return concat([end(first, last), some(t, 1, K - 1), end(last, first)], 1);
  };
  const centred = () => add(mixed(bounded(raw)), unit);
  const slope = () => tf.sigmoid(centred());
  return {
    value: tf.tidy(() => add(tf.softplus(centred()), least)),
    pull: (d: Tensor) => tf.tidy(() => through(raw, mixed(mul(d, slope())))),
    push: (d: Tensor) => tf.tidy(() => mul(slope(), mixed(through(raw, d)))),
  };
}

/** The knots that parameters describe, for numbers of a shape: sizes of bins and slopes, [rows, K or K + 1, n]. */
export function knotsOf(
  raw: Parameters<KnotParameters>,
  shape: Shape,
  K: number,
  B: number,
  ends: EndSlopes | undefined,
) {
  const n = channels(shape);
  const whole = (k: number) => withChannels(shape, k * n);
  // One for each number of a row, where all rows share them; else spread as rows, since the gradient of tile stops at rank 4.
  const grid = (t: Tensor, k: number) => {
    if (t.size === k * n) return reshape(t, [1, k, n]);
    const rows = tf.broadcastTo(reshape(t, [1, t.size]), [sizeOf(whole(k)) / t.size, t.size]);
    return reshape(rows, [-1, k, n]);
  };
  const shared = raw.widths.size === K * n;
  const flat = (t: Tensor) => {
    const k = t.shape[1] ?? 0;
    return [reshape(t, shared ? whole(k).fill(1, 0, -1) : whole(k))];
  };
  const [W, H] = [sizes(grid(raw.widths, K), K, 2 * B), sizes(grid(raw.heights, K), K, 2 * B)];
  const count = ends ? K + 1 : K - 1;
  const slopes = grid(raw.slopes, count);
  const D = ends ? allSlopes(slopes, K, ends) : innerSlopes(slopes, K);
  /** Under a mask [rows, K, n], a number per row in the bins that it is for; summed where rows share their bins. */
  const put = (mask: Tensor, t: Tensor): Tensor =>
    tf.tidy(() => {
      const each = mul(mask, tf.expandDims(t, 1));
      return shared ? tf.sum(each, 0, true) : each;
    });
  return { ...{ K, B, n, grid, flat, put, W, H, D, count }, none: zerosLike(some(W.value, 0, 1)) };
}
export type Knots = ReturnType<typeof knotsOf>;

/** Left ends, sizes and slopes of the bins of numbers. */
export const binOf = (
  { before, own }: ReturnType<typeof findBins>,
  K: number,
  W: Tensor,
  H: Tensor,
  D: Tensor,
) => ({
  ...{ x: pick(before, W), y: pick(before, H), w: pick(own, W), h: pick(own, H) },
  ...{ d0: pick(own, some(D, 0, K)), d1: pick(own, some(D, 1, K)) },
});

/** Where numbers lie, counted from the left end of the first bin: masks [rows, K, n] of the bins before, and of their own. */
export function findBins(t: Tensor, widths: Tensor, K: number): { before: Tensor; own: Tensor } {
  return tf.tidy(() => {
    // Which bin it is has no derivative; and the gradient of tfjs's cumsum is wrong off the last axis.
    const ends = noGrad(() => tf.cumsum(widths, 1));
    const passed = tf.tidy(() => some(tf.step(sub(tf.expandDims(t, 1), ends)), 0, K - 1));
    const edge = tf.onesLike(some(passed, 0, 1));
    const before = concat([passed, zerosLike(edge)], 1);
    return { before, own: sub(concat([edge, passed], 1), before) };
  });
}

/** The values of bins under a mask. */
const pick = (mask: Tensor, of: Tensor): Tensor => tf.tidy(() => tf.sum(mul(mask, of), 1));
