import * as tf from '@tensorflow/tfjs-core';
import {
  add,
  concat,
  div,
  mul,
  neg,
  reshape,
  square,
  sub,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { lazy } from '../lazy';
import { above, type Rules, whole } from '../options';
import { channels, perElement } from '../tensors/channels';
import { tidy } from '../tidy';
import { binOf, findBins, type Knots, knotsOf, type KnotParameters as P } from './knots';
import { type Boxes, boxesOf, inBoxes, someBoxes, supportOf, type TailOptions, tailRules } from './tails';
import type { Cotangents, Parameters, Transformer } from './transformer';

export interface RationalQuadraticOptions extends TailOptions {
  /** Number of bins K. Default 8. */
  bins?: number;
  /** The spline acts on [−bound, bound], where no bounds are given. Default 3. */
  bound?: number;
}

export const rationalQuadraticRules: Rules<RationalQuadraticOptions> = {
  ...tailRules,
  bins: whole(2, 256),
  bound: above(1e-3),
};

const total = (first: Tensor, ...more: Tensor[]) => more.reduce((a, b) => add(a, b), first);

/** The root that does not cancel, eq. 6–8, for u counted from the lower end of the box. */
function root(u: Tensor, { K, W, H, D }: Knots): Tensor {
  return tf.tidy(() => {
    const { x, y, w, h, d0, d1 } = tidy(() => binOf(findBins(u, H.value, K), K, W.value, H.value, D.value));
    const [s, rise] = [div(h, w), sub(u, y)];
    const bend = mul(rise, sub(add(d0, d1), mul(2, s)));
    const [a, b, q] = [add(mul(h, sub(s, d0)), bend), sub(mul(h, d0), bend), mul(s, rise)];
    const discriminant = tf.relu(add(square(b), mul(4, mul(a, q))));
    return add(x, mul(w, div(mul(2, q), add(b, tf.sqrt(discriminant)))));
  });
}

/** The spline and its derivatives at v, counted from the left end of the box. u = y + h N/D and φ′ = s² R/D². */
function pointOf(v: Tensor, { K, W, H, D: slopes }: Knots) {
  const bins = findBins(v, W.value, K);
  const bin = binOf(bins, K, W.value, H.value, slopes.value);
  const { x, w, h, d0, d1 } = bin;
  const xi = tf.clipByValue(div(sub(v, x), w), 0, 1);
  const [s, rest, turn] = [div(h, w), sub(1, xi), sub(1, mul(2, xi))];
  const [eta, bend] = [mul(xi, rest), sub(add(d0, d1), mul(2, s))];
  const D = add(s, mul(bend, eta));
  const R = total(mul(d1, square(xi)), mul(mul(2, s), eta), mul(d0, square(rest)));
  return {
    ...{ ...bin, bins, xi, s, rest, eta, D, R },
    ratio: div(add(mul(s, square(xi)), mul(d0, eta)), D),
    logSlope: add(mul(2, tf.log(div(s, D))), tf.log(R)),
    Nxi: add(mul(mul(2, s), xi), mul(d0, turn)),
    Dxi: mul(bend, turn),
    Rxi: mul(2, sub(add(mul(d1, xi), mul(s, turn)), mul(d0, rest))),
    Ds: sub(1, mul(2, eta)),
  };
}
type Point = ReturnType<typeof pointOf>;

/** Cotangents of the parameters, from those of u and of log φ′ inside the box. */
function pull(p: Point, { flat, put, W, H, D: slopes, none }: Knots, du: Tensor, dL: Tensor): Cotangents<P> {
  const { bins, xi, s, rest, eta, w, h, D, R, ratio } = p;
  const [dN, dR] = [div(mul(du, h), D), div(dL, R)];
  const dD = neg(add(mul(dN, ratio), div(mul(2, dL), D)));
  const dXi = total(mul(dN, p.Nxi), mul(dD, p.Dxi), mul(dR, p.Rxi));
  const ds = total(div(mul(2, dL), s), mul(dN, square(xi)), mul(dD, p.Ds), mul(dR, mul(2, eta)));
  const dw = neg(div(add(mul(ds, s), mul(dXi, xi)), w));
  const dh = add(mul(du, ratio), div(ds, w));
  const d0 = add(mul(add(dN, dD), eta), mul(dR, square(rest)));
  const d1 = add(mul(dD, eta), mul(dR, square(xi)));
  const knots = () => add(concat([put(bins.own, d0), none], 1), concat([none, put(bins.own, d1)], 1));
  return {
    widths: flat(tf.tidy(() => W.pull(sub(put(bins.own, dw), put(bins.before, div(dXi, w)))))),
    heights: flat(tf.tidy(() => H.pull(add(put(bins.own, dh), put(bins.before, du))))),
    slopes: flat(tf.tidy(() => slopes.pull(knots()))),
  };
}

/** Tangents of u and of log φ′, from those of the parameters. */
function push(p: Point, { grid, W, H, D: slopes, K, count }: Knots, d: Parameters<P>) {
  const { bins, xi, s, rest, eta, w, h, D, R, ratio } = p;
  const [dW, dH, dD] = [grid(d.widths, K), grid(d.heights, K), grid(d.slopes, count)];
  const m = binOf(bins, K, W.push(dW), H.push(dH), slopes.push(dD));
  const [mXi, ms] = [neg(div(add(m.x, mul(xi, m.w)), w)), div(sub(m.h, mul(s, m.w)), w)];
  const mN = total(mul(p.Nxi, mXi), mul(square(xi), ms), mul(eta, m.d0));
  const mD = total(mul(p.Dxi, mXi), mul(p.Ds, ms), mul(eta, add(m.d0, m.d1)));
  const ends = add(mul(square(rest), m.d0), mul(square(xi), m.d1));
  const mR = total(mul(p.Rxi, mXi), mul(mul(2, eta), ms), ends);
  const du = total(m.y, mul(m.h, ratio), div(mul(h, sub(mN, mul(ratio, mD))), D));
  return { du, dL: add(mul(2, sub(div(ms, s), div(mD, D))), div(mR, R)) };
}

/**
 * A monotone rational-quadratic spline of K bins on [−B, B].
 *
 *     ξ = (v − xₖ)/wₖ      s = hₖ/wₖ      N = s ξ² + dₖ ξ(1 − ξ)      D = s + (dₖ + dₖ₊₁ − 2s) ξ(1 − ξ)
 *     u = yₖ + hₖ N/D      φ′ = s² R/D²,  R = dₖ₊₁ ξ² + 2s ξ(1 − ξ) + dₖ (1 − ξ)²
 *
 * Widths wₖ and heights hₖ are softmaxes of K numbers each, slopes dₖ at the inner knots a softplus. With linear tails those at the
 * ends are 1, and outside it is the identity; on a bounded channel they are free; on a circular one they are equal.
 * Durkan et al. 2019, arXiv:1906.04032, eq. 4–8; Rezende et al. 2020, arXiv:2002.02428, section 2.1.2.
 */
export const rationalQuadratic = ({
  bins = 8,
  bound = 3,
  ...tails
}: RationalQuadraticOptions): Transformer<P> => splineIn(bins, bound, boxesOf(tails));

function splineIn(K: number, B: number, boxes: Boxes): Transformer<P> {
  const { ends, bounds } = boxes;
  const support = supportOf(boxes, B);
  const phi: Transformer<P> = {
    parameters: { widths: K, heights: K, slopes: ends ? K + 1 : K - 1 },
    ...(support && { domain: support, image: support }),
    only: (i) =>
      splineIn(
        K,
        B,
        someBoxes(boxes, (list) => (list.length > 1 ? list.slice(i, i + 1) : list)),
      ),
    given: (h) => inBox(h, K, B, boxes),
  };
  return bounds ? inBoxes(phi, bounds, B) : phi;
}

/** Farther than any number is. */
const far = 3e38;

/** On [−B, B]: numbers beyond are moved to its ends where it is closed, and stay as they are elsewhere. */
function inBox(
  h: Parameters<P>,
  K: number,
  B: number,
  { closed, ends }: Boxes,
): ReturnType<Transformer<P>['given']> {
  let made: Knots | undefined;
  const knotsFor = ({ shape }: Tensor) => {
    made ??= knotsOf(h, shape, K, B, ends);
    return made;
  };
  const rows = (t: Tensor) => reshape(t, [-1, channels(t.shape)]);
  const reach = closed ? tf.tensor1d(closed.map((is) => (is ? far : B))) : B;
  const acts = (t: Tensor) => tf.step(sub(reach, tf.abs(t)));
  /** From the end of the box, and back. */
  const clip = (t: Tensor) => add(tf.clipByValue(t, -B, B), B);
  const leave = (t: Tensor) => (closed ? tf.clipByValue(sub(t, B), -B, B) : sub(t, B));
  const blend = (mask: Tensor, inside: Tensor, outside: Tensor) =>
    add(mul(mask, leave(inside)), mul(sub(1, mask), outside));
  return {
    undo(u) {
      const knots = knotsFor(u);
      return tf.tidy(() => {
        const t = rows(u);
        return reshape(blend(acts(t), root(clip(t), knots), t), u.shape);
      });
    },
    at(v) {
      const [t, knots] = [rows(v), knotsFor(v)];
      const [p, mask] = [tidy(() => pointOf(clip(t), knots)), acts(t)];
      const box = (r: Tensor) => reshape(mul(mask, r), v.shape);
      const slope = lazy(() => tf.tidy(() => tf.exp(box(p.logSlope))));
      return {
        u: () => reshape(blend(mask, add(p.y, mul(p.h, p.ratio)), t), v.shape),
        logSlope: () => box(p.logSlope),
        slope,
        bend() {
          const s = slope();
          return tf.tidy(() => div(box(div(sub(div(p.Rxi, p.R), mul(2, div(p.Dxi, p.D))), p.w)), s));
        },
        pull: (du, dL) =>
          tidy(() =>
            pull(p, knots, mul(mask, rows(du)), mul(mask, rows(add(perElement(dL, v.rank), zerosLike(v))))),
          ),
        push(d) {
          const { du, dL } = tidy(() => push(p, knots, d));
          return { du: box(du), dL: box(dL) };
        },
      };
    },
  };
}
