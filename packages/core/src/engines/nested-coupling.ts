import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type Weights } from '../bijection';
import { type ConditionerOptions, conditionerFrom } from '../conditioners/conditioner-of';
import { withChannels } from '../tensors/channels';
import type { Transformer } from '../transformers/transformer';
import { byKey, specsWithPrefix, withPrefix } from '../weight-names';
import { conditioned } from './conditioned';
import { halvesOf } from './coupling';
import { networkOfPart, type Source } from './sources';
import { back, there } from './transform';

export interface NestedCouplingOptions extends ConditionerOptions {
  /** Channels of the half that stays. */
  split: number;
  /** Move the first half. Default false. */
  flip?: boolean;
}

/** The maps of the two halves. */
export interface Inner {
  /** f, of the half that stays, after it has been read. */
  stays: Bijection;
  /** g, of the half that moves, before it is moved. */
  moves: Bijection;
}

const keys = ['net', 'stays', 'moves'] as const;

/**
 * A coupling around two bijections, one of each half: the node of a HINT.
 *
 *     y₁ = f(x₁)      y₂ = φ(g(x₂); h(x₁, c))      log|det J| = Σ log|φ′| + log|det f′| + log|det g′|
 *     x₁ = f⁻¹(y₁)    x₂ = g⁻¹(φ⁻¹(y₂; h(x₁, c)))
 *
 * The weights of h, f and g are named `net/`, `stays/` and `moves/`.
 */
export function nestedCoupling(
  name: string,
  phi: Transformer,
  inner: Inner,
  options: NestedCouplingOptions,
): Bijection {
  const source = networkOfPart(conditionerFrom(options), phi.parameters);
  return nested(name, phi, source, inner, options);
}

function nested(
  name: string,
  phi: Transformer,
  source: Source,
  { stays: f, moves: g }: Inner,
  options: NestedCouplingOptions,
): Bijection {
  const { flip = false } = options;
  const { sizes, cut, join } = halvesOf(name, options.split, phi.fewest ?? 1);
  const [down, up] = [conditioned(there(phi), source), conditioned(back(phi), source)];
  const own = (w: Weights) => keys.map(byKey(w, keys)) as [Weights, Weights, Weights];
  const all = ([net, stays, moves]: readonly [Weights, Weights, Weights]): Weights => ({
    ...withPrefix('net/', net),
    ...withPrefix('stays/', stays),
    ...withPrefix('moves/', moves),
  });
  const sum = (...terms: (tf.Tensor | undefined)[]) => {
    const given = terms.filter((t) => t !== undefined);
    return given.length > 0 && { dc: tf.addN(given) };
  };
  const outputShape = (shape: readonly number[]) => {
    sizes(shape);
    return [...shape];
  };
  return complete({
    name,
    outputShape,
    inputShape: outputShape,
    weights(shape, condition) {
      const [s1, s2] = sizes(shape).map((n) => withChannels(shape, n)) as [number[], number[]];
      return [
        ...specsWithPrefix('net/', source.weights(s2, s1, condition)),
        ...specsWithPrefix('stays/', f.weights(s1, condition)),
        ...specsWithPrefix('moves/', g.weights(s2, condition)),
      ];
    },

    forward(x, w, c) {
      const [x1, x2] = cut(x, flip);
      const [net, stays, moves] = own(w);
      const v = g.forward(x2, moves, c);
      const y2 = down.forward(v.y, { u: x1, w: net, c });
      const y1 = f.forward(x1, stays, c);
      return { y: join(y1.y, y2.y, flip), logDet: tf.addN([y2.logDet, y1.logDet, v.logDet]) };
    },
    inverse(y, w, c) {
      const [y1, y2] = cut(y, flip);
      const [net, stays, moves] = own(w);
      const x1 = f.inverse(y1, stays, c);
      const v = up.forward(y2, { u: x1.x, w: net, c });
      const x2 = g.inverse(v.y, moves, c);
      return { x: join(x1.x, x2.x, flip), logDet: tf.addN([v.logDet, x1.logDet, x2.logDet]) };
    },
    pullback(y, dy, dL, w, c) {
      const [y1, y2] = cut(y, flip);
      const [dy1, dy2] = cut(dy, flip);
      const [net, stays, moves] = own(w);
      const p1 = f.pullback(y1, dy1, dL, stays, c);
      const p = down.pullback(y2, dy2, dL, { u: p1.x, w: net, c });
      const p2 = g.pullback(p.x, p.dx, dL, moves, c);
      return {
        x: join(p1.x, p2.x, flip),
        dx: join(p.du ? tf.add(p1.dx, p.du) : p1.dx, p2.dx, flip),
        dw: all([p.dw, p1.dw, p2.dw]),
        ...sum(p.dc, p1.dc, p2.dc),
      };
    },
    inversePullback(x, dx, dL, w, c) {
      const [x1, x2] = cut(x, flip);
      const [dx1, dx2] = cut(dx, flip);
      const [net, stays, moves] = own(w);
      const p2 = g.inversePullback(x2, dx2, dL, moves, c);
      const p = up.pullback(p2.y, p2.dy, dL, { u: x1, w: net, c });
      const p1 = f.inversePullback(x1, p.du ? tf.add(dx1, p.du) : dx1, dL, stays, c);
      return {
        y: join(p1.y, p.x, flip),
        dy: join(p1.dy, p.dx, flip),
        dw: all([p.dw, p1.dw, p2.dw]),
        ...sum(p.dc, p1.dc, p2.dc),
      };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const [x1, x2] = cut(x, flip);
      const [dx1, dx2] = cut(dx, flip);
      const [[net, stays, moves], [dNet, dStays, dMoves]] = [own(w), own(dw)];
      const v = g.pushforward(x2, dx2, moves, dMoves, c, dc);
      const y2 = down.pushforward(v.y, v.dy, { u: x1, w: net, c }, { u: dx1, w: dNet, c: dc });
      const y1 = f.pushforward(x1, dx1, stays, dStays, c, dc);
      return {
        y: join(y1.y, y2.y, flip),
        dy: join(y1.dy, y2.dy, flip),
        logDet: tf.addN([y2.logDet, y1.logDet, v.logDet]),
        dLogDet: tf.addN([y2.dLogDet, y1.dLogDet, v.dLogDet]),
      };
    },
    inversePushforward(y, dy, w, dw, c, dc) {
      const [y1, y2] = cut(y, flip);
      const [dy1, dy2] = cut(dy, flip);
      const [[net, stays, moves], [dNet, dStays, dMoves]] = [own(w), own(dw)];
      const x1 = f.inversePushforward(y1, dy1, stays, dStays, c, dc);
      const v = up.pushforward(y2, dy2, { u: x1.x, w: net, c }, { u: x1.dx, w: dNet, c: dc });
      const x2 = g.inversePushforward(v.y, v.dy, moves, dMoves, c, dc);
      return {
        x: join(x1.x, x2.x, flip),
        dx: join(x1.dx, x2.dx, flip),
        logDet: tf.addN([v.logDet, x1.logDet, x2.logDet]),
        dLogDet: tf.addN([v.dLogDet, x1.dLogDet, x2.dLogDet]),
      };
    },
    initialize(input, w, direction, c) {
      const [a, b] = cut(input, flip);
      const [net, stays, moves] = own(w);
      const inner = {
        stays: f.initialize(a, stays, direction, c),
        moves: g.initialize(b, moves, direction, c),
      };
      const read = direction === 'forward' ? a : f.inverse(a, { ...stays, ...inner.stays }, c).x;
      return all([source.initialize({ u: read, w: net, c }), inner.stays, inner.moves]);
    },
    training(this: Bijection, seed: number) {
      const [stays, moves, net] = [f.training(seed + 1), g.training(seed + 2), source.training(seed)];
      if (stays === f && moves === g && net === source) return this;
      return nested(name, phi, net, { stays, moves }, options);
    },
  });
}
