import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, OneWay, Shape, Weights } from '../bijection';
import { checkBijection } from '../check';
import { type Network, type NetworkBody, network } from '../conditioners/network';
import { eachWay } from '../directions';
import { bodyOf, checked } from '../edge';
import { refuse, show } from '../errors';
import { checkValue, text } from '../options';
import { childSeed } from '../random';
import { isObject } from '../registry';
import { byKey, present, specsWithPrefix, withPrefix } from '../weight-names';
import { trainingOf } from './training-of';

/**
 * A conditional bijection whose condition goes through a network s, or through another bijection, first; both are trained together.
 *
 *     y = b(x; s(c))      log|det J| = log|det ∂b/∂x|      x = b⁻¹(y; s(c))
 *
 * s is evaluated once per pass; the log-det of a bijection s counts nowhere, since it is that of no density of x. The weights of s are
 * named `key/name`, those of b as they are.   Radev et al. 2020, arXiv:2003.06281.
 *
 * ```ts
 * const posterior = core.embedCondition(core.realNvp({ layers: 2, hidden: 8 }), core.deepSet({ hidden: 8, out: 4 }));
 * const w = core.createWeights(posterior, [1, 2], { condition: [1, 10, 3] });
 * const seen = tf.randomNormal([5, 20, 3]); // five sets of 20 observations
 * const { x } = posterior.inverse(tf.randomNormal([5, 2]), w, seen);
 * ```
 */
export function embedCondition(
  b: Bijection,
  s: (NetworkBody & Pick<Network, 'outputShape'>) | Bijection,
  key = 'summary',
): Bijection {
  checkBijection('embedCondition', b);
  checkValue('embedCondition', 'key', key, text);
  if (!isObject(s)) refuse('embedCondition', 'a network of the condition', s, 'As in deepSet().');
  const embedding = 'inverse' in s ? asNetwork(bodyOf(s)) : network(s);
  return checked(embedded(bodyOf(b), embedding, key), { print: () => `embedCondition(${b})` });
}

/** How many numbers a summary puts out it decides by itself. */
const any = 0;

function embedded(b: Bijection, s: Network, key: string): Bijection {
  const required = (c: Shape | undefined): Shape =>
    c ?? refuse(b.name, 'a condition', show(c), 'Give the condition as the second input.');
  const its = (w: Weights) => byKey(w, [key])(key);
  const own = (w: Weights): Weights =>
    Object.fromEntries(Object.entries(w).filter(([name]) => !name.startsWith(`${key}/`)));
  const see = (c: tf.Tensor | undefined, w: Weights) => s.forward(present(c), its(w));
  const change = (way: OneWay): ReturnType<Parameters<typeof eachWay>[1]> => ({
    forward: (x, w, c) => way.forward(x, own(w), see(c, w)),
    pullback(y, dy, dL, w, c) {
      const { h, pullback } = s.linearize(present(c), its(w));
      const { x, dx, dw, dc: dh = tf.zerosLike(h) } = way.pullback(y, dy, dL, own(w), h);
      const { dx: dc, dw: dwOfS } = pullback(dh);
      return { x, dx, dw: { ...dw, ...withPrefix(`${key}/`, dwOfS) }, dc };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const given = present(c);
      const { h, dh } = s.pushforward(given, dc ?? tf.zerosLike(given), its(w), its(dw));
      return way.pushforward(x, dx, own(w), own(dw), h, dh);
    },
  });
  return {
    ...eachWay(b, change),
    weights(shape, condition) {
      const c = required(condition);
      return [...specsWithPrefix(`${key}/`, s.weights(c, any)), ...b.weights(shape, s.outputShape(c, any))];
    },
    members(shape, condition) {
      const c = required(condition);
      const inner = s.outputShape(c, any);
      const members = b.members(shape, inner);
      const part = {
        name: 'of the condition',
        outputShape: (of: Shape) => s.outputShape(of, any),
        weights: (of: Shape) => s.weights(of, any),
        members: () => [],
      };
      return [
        { key, part, shape: c },
        ...(members.length > 0 ? members : [{ key: b.name, part: b, shape, condition: inner }]),
      ];
    },
    training(this: Bijection, seed: number) {
      const [map, summary] = [b.training(seed), s.training(childSeed(seed, 1, 'step'))];
      return map === b && summary === s ? this : embedded(map, summary, key);
    },
    initialize(input, w, direction, c) {
      const fresh = withPrefix(`${key}/`, s.initialize(present(c), its(w)));
      const h = see(c, { ...w, ...fresh });
      return { ...fresh, ...b.initialize(input, own(w), direction, h) };
    },
  };
}

/** A bijection as a network: without its log-det. */
const asNetwork = (p: Bijection): Network =>
  network({
    outputShape: (shape) => p.outputShape(shape),
    weights: (shape) => p.weights(shape),
    forward: (c, w) => p.forward(c, w).y,
    linearize(c, w) {
      const { y: h, logDet } = p.forward(c, w);
      return {
        h,
        pullback(dh) {
          const { dx, dw } = p.pullback(h, dh, tf.zerosLike(logDet), w);
          return { dx, dw };
        },
      };
    },
    pushforward(c, dc, w, dw) {
      const { y: h, dy: dh } = p.pushforward(c, dc, w, dw);
      return { h, dh };
    },
    initialize: (c, w) => p.initialize(c, w, 'forward'),
    training(this: Network, seed: number) {
      const next = trainingOf(p, seed);
      return next === p ? this : asNetwork(next);
    },
  });
