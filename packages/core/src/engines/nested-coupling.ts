import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Pullback, type Shape, type Weights } from '../bijection';
import { type ConditionerOptions, conditionerFrom } from '../conditioners/conditioner-of';
import { backwards, bothWays, tidied } from '../directions';
import { withChannels } from '../tensors/channels';
import type { Transformer } from '../transformers/transformer';
import { byKey, specsWithPrefix, withPrefix } from '../weight-names';
import { type Conditioned, conditioned } from './conditioned';
import { halvesOf } from './halves';
import { networkOfPart } from './network-source';
import type { Pulled, Source } from './sources';
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
  const { sizes, cut, join } = halvesOf(name, options, phi.fewest ?? 1);
  const sides: Sides = { cut: (t) => cut(t, flip), join: (stays, moves) => join(stays, moves, flip) };
  const outputShape = (shape: Shape) => {
    sizes(shape);
    return [...shape];
  };
  return complete({
    name,
    ...bothWays(
      { outputShape, ...down(tidied(f), tidied(g), conditioned(there(phi), source), sides) },
      {
        outputShape,
        ...up(tidied(backwards(f)), tidied(backwards(g)), conditioned(back(phi), source), sides),
      },
    ),
    weights(shape, condition) {
      const [kept, moved] = sizes(shape);
      const [s1, s2] = [withChannels(shape, kept), withChannels(shape, moved)];
      return [
        ...specsWithPrefix('net/', source.weights(s2, s1, condition)),
        ...specsWithPrefix('stays/', f.weights(s1, condition)),
        ...specsWithPrefix('moves/', g.weights(s2, condition)),
      ];
    },
    initialize(input, w, direction, c) {
      const [a, b] = sides.cut(input);
      const own = parts(w);
      const stays = f.initialize(a, own.stays, direction, c);
      const moves = g.initialize(b, own.moves, direction, c);
      const u = direction === 'forward' ? a : f.inverse(a, { ...own.stays, ...stays }, c).x;
      return whole({ net: source.initialize({ u, w: own.net, c }), stays, moves });
    },
    training(this: Bijection, seed: number) {
      const [stays, moves, net] = [f.training(seed + 1), g.training(seed + 2), source.training(seed)];
      if (stays === f && moves === g && net === source) return this;
      return nested(name, phi, net, { stays, moves }, options);
    },
  });
}

interface Sides {
  cut(t: tf.Tensor): [stays: tf.Tensor, moves: tf.Tensor];
  join(stays: tf.Tensor, moves: tf.Tensor): tf.Tensor;
}

/** The weights of each part, and of all. */
const parts = (w: Weights): Record<'net' | 'stays' | 'moves', Weights> => {
  const own = byKey(w, ['net', 'stays', 'moves']);
  return { net: own('net'), stays: own('stays'), moves: own('moves') };
};
const whole = (w: ReturnType<typeof parts>): Weights =>
  Object.assign({}, ...Object.entries(w).map(([key, own]) => withPrefix(`${key}/`, own)));

const logDets = (moved: () => tf.Tensor, ...all: readonly { logDet: tf.Tensor }[]) =>
  tf.addN([moved(), ...all.map(({ logDet }) => logDet)]);
const dLogDets = (...all: readonly { dLogDet: tf.Tensor }[]) => tf.addN(all.map(({ dLogDet }) => dLogDet));

/** All cotangents of one pass: of the network, of the half that stays and of the half that moves. */
function together(net: Pulled, stays: Pullback, moves: Pullback): Pick<Pullback, 'dw' | 'dc'> {
  const given = [net.dc, stays.dc, moves.dc].filter((t) => t !== undefined);
  const dw = whole({ net: net.dw, stays: stays.dw, moves: moves.dw });
  return { dw, ...(given.length > 0 && { dc: tf.addN(given) }) };
}

type Maps = Pick<OneWay, 'forward' | 'pullback' | 'pushforward'>;

/** x₁ is read, then goes through f; x₂ through g, then moves. */
const down = (f: OneWay, g: OneWay, move: Conditioned, { cut, join }: Sides): Maps => ({
  forward(x, w, c) {
    const [x1, x2] = cut(x);
    const { net, stays, moves } = parts(w);
    const v = g.forward(x2, moves, c);
    const y2 = move.forward(v.y, { u: x1, w: net, c });
    const y1 = f.forward(x1, stays, c);
    return { y: join(y1.y, y2.y), logDet: logDets(y2.logDet, y1, v) };
  },
  pullback(y, dy, dL, w, c) {
    const [[y1, y2], [dy1, dy2]] = [cut(y), cut(dy)];
    const { net, stays, moves } = parts(w);
    const p1 = f.pullback(y1, dy1, dL, stays, c);
    const p = move.pullback(y2, dy2, dL, { u: p1.x, w: net, c });
    const p2 = g.pullback(p.x, p.dx, dL, moves, c);
    const dx1 = p.du ? tf.add(p1.dx, p.du) : p1.dx;
    return { x: join(p1.x, p2.x), dx: join(dx1, p2.dx), ...together(p, p1, p2) };
  },
  pushforward(x, dx, w, dw, c, dc) {
    const [[x1, x2], [dx1, dx2]] = [cut(x), cut(dx)];
    const [own, d] = [parts(w), parts(dw)];
    const v = g.pushforward(x2, dx2, own.moves, d.moves, c, dc);
    const y2 = move.pushforward(v.y, v.dy, { u: x1, w: own.net, c }, { u: dx1, w: d.net, c: dc });
    const y1 = f.pushforward(x1, dx1, own.stays, d.stays, c, dc);
    const [logDet, dLogDet] = [logDets(y2.logDet, y1, v), dLogDets(y2, y1, v)];
    return { y: join(y1.y, y2.y), dy: join(y1.dy, y2.dy), logDet, dLogDet };
  },
});

/** x₁ comes out of f⁻¹ and is read; x₂ moves back, then goes through g⁻¹. All maps are those of the inverse. */
const up = (f: OneWay, g: OneWay, move: Conditioned, { cut, join }: Sides): Maps => ({
  forward(y, w, c) {
    const [y1, y2] = cut(y);
    const { net, stays, moves } = parts(w);
    const x1 = f.forward(y1, stays, c);
    const v = move.forward(y2, { u: x1.y, w: net, c });
    const x2 = g.forward(v.y, moves, c);
    return { y: join(x1.y, x2.y), logDet: logDets(v.logDet, x1, x2) };
  },
  pullback(x, dx, dL, w, c) {
    const [[x1, x2], [dx1, dx2]] = [cut(x), cut(dx)];
    const { net, stays, moves } = parts(w);
    const p2 = g.pullback(x2, dx2, dL, moves, c);
    const p = move.pullback(p2.x, p2.dx, dL, { u: x1, w: net, c });
    const p1 = f.pullback(x1, p.du ? tf.add(dx1, p.du) : dx1, dL, stays, c);
    return { x: join(p1.x, p.x), dx: join(p1.dx, p.dx), ...together(p, p1, p2) };
  },
  pushforward(y, dy, w, dw, c, dc) {
    const [[y1, y2], [dy1, dy2]] = [cut(y), cut(dy)];
    const [own, d] = [parts(w), parts(dw)];
    const x1 = f.pushforward(y1, dy1, own.stays, d.stays, c, dc);
    const v = move.pushforward(y2, dy2, { u: x1.y, w: own.net, c }, { u: x1.dy, w: d.net, c: dc });
    const x2 = g.pushforward(v.y, v.dy, own.moves, d.moves, c, dc);
    const [logDet, dLogDet] = [logDets(v.logDet, x1, x2), dLogDets(v, x1, x2)];
    return { y: join(x1.y, x2.y), dy: join(x1.dy, x2.dy), logDet, dLogDet };
  },
});
