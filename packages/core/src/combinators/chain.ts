import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Member, Pullback, Pushforward, Shape, Weights } from '../bijection';
import { specsWithPrefix, withoutPrefix } from '../weight-names';
import { reverse } from './reverse';
import { trainingOf } from './training-of';

export interface ChainOptions {
  /** Names of the members in those of the weights. Members of one name share their weights. Default: 0, 1, 2, …. */
  keys?: readonly string[];
}

/**
 * One bijection after the other; as one reversible op it stores nothing between them.
 *
 *     f = f_n ∘ … ∘ f₁      log|det J| = Σ log|det Jᵢ|
 *
 * The weights of a member are named `key/name`.
 */
export function chain(members: readonly Bijection[], { keys }: ChainOptions = {}): Bijection {
  const forwards = members.map((b, i): Link => ({ b, key: `${keys?.[i] ?? i}/` }));
  const backwards = forwards.map(({ b, key }): Link => ({ b: reverse(b), key })).reverse();
  const out = (shape: Shape, links: Link[]) =>
    links.reduce<number[]>((s, { b }) => b.outputShape(s), [...shape]);
  const flip = ({ x: y, dx: dy, ...rest }: Pullback) => ({ y, dy, ...rest });
  return {
    name: `chain(${members.map((b) => b.name).join(', ')})`,
    outputShape: (shape) => out(shape, forwards),
    inputShape: (shape) => out(shape, backwards),
    members: (shape, condition) => inTurn(shape, forwards, condition),
    weights(shape, condition) {
      const specs = inTurn(shape, forwards, condition).flatMap(({ key, part, shape: s }) =>
        specsWithPrefix(`${key}/`, part.weights(s, condition)),
      );
      return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
    },
    forward: (x, w, c) => run(forwards, x, w, c),
    inverse: (y, w, c) => {
      const { y: x, logDet } = run(backwards, y, w, c);
      return { x, logDet };
    },
    pullback: (y, dy, dL, w, c) => pull(forwards, y, dy, dL, w, c),
    inversePullback: (x, dx, dL, w, c) => flip(pull(backwards, x, dx, dL, w, c)),
    pushforward: (x, dx, w, dw, c, dc) => push(forwards, x, dx, w, dw, c, dc),
    inversePushforward: (y, dy, w, dw, c, dc) => {
      const { y: x, dy: dx, ...rest } = push(backwards, y, dy, w, dw, c, dc);
      return { x, dx, ...rest };
    },
    ...(members.some((b) => b.training) && {
      training: (seed: number) =>
        chain(
          members.map((b, i) => trainingOf(b, seed + 104_729 * i)),
          { keys: forwards.map(({ key }) => key.slice(0, -1)) },
        ),
    }),
    ...(members.some((b) => b.initialize) && {
      initialize: (input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor) =>
        initialize(direction === 'forward' ? forwards : backwards, input, w, c),
    }),
  };
}

interface Link {
  b: Bijection;
  key: string;
}

function inTurn(shape: Shape, links: Link[], condition: Shape | undefined): Member[] {
  let s = [...shape];
  return links.map(({ b, key }) => {
    const member = { key: key.slice(0, -1), part: b, shape: s, condition };
    s = b.outputShape(s);
    return member;
  });
}

/** Replaces the state and frees what it was: a chain never holds more than one intermediate value. */
function advance<S extends tf.TensorContainer>(before: S, step: () => S): S {
  const after = tf.tidy(step);
  tf.dispose(before);
  return after;
}

function run(links: Link[], x: tf.Tensor, w: Weights, c?: tf.Tensor): { y: tf.Tensor; logDet: tf.Tensor } {
  let state = { y: tf.clone(x), logDet: tf.zeros([x.shape[0]!]) as tf.Tensor };
  for (const { b, key } of links) {
    state = advance(state, () => {
      const { y, logDet } = b.forward(state.y, withoutPrefix(w, key), c);
      return { y, logDet: tf.add(state.logDet, logDet) };
    });
  }
  return state;
}

/** Each member sees the first batch as those before it, already set, hand it on; of members that share weights the first sets them. */
function initialize(links: Link[], x: tf.Tensor, w: Weights, c?: tf.Tensor): Weights {
  return tf.tidy(() => {
    const set: Weights = {};
    let y = x;
    for (const { b, key } of links) {
      const own = { ...withoutPrefix(w, key), ...withoutPrefix(set, key) };
      const known = Object.keys(set).some((name) => name.startsWith(key));
      const fresh = (!known && b.initialize?.(y, own, 'forward', c)) || {};
      for (const [name, t] of Object.entries(fresh)) set[key + name] = t;
      y = b.forward(y, { ...own, ...fresh }, c).y;
    }
    return set;
  });
}

function pull(
  links: Link[],
  y: tf.Tensor,
  dy: tf.Tensor,
  dL: tf.Tensor,
  w: Weights,
  c?: tf.Tensor,
): Pullback {
  let state = { x: tf.clone(y), dx: tf.clone(dy) };
  let dc: tf.Tensor | undefined;
  const dw: Weights = {};
  const accumulate = (before: tf.Tensor | undefined, part: tf.Tensor) => {
    if (!before) return part;
    const sum = tf.add(before, part);
    tf.dispose([before, part]);
    return sum;
  };
  for (const { b, key } of [...links].reverse()) {
    const before = state;
    const p = b.pullback(before.x, before.dx, dL, withoutPrefix(w, key), c);
    tf.dispose(before);
    state = { x: p.x, dx: p.dx };
    for (const [name, t] of Object.entries(p.dw)) dw[key + name] = accumulate(dw[key + name], t);
    if (p.dc) dc = accumulate(dc, p.dc);
  }
  return { ...state, dw, ...(dc && { dc }) };
}

function push(
  links: Link[],
  x: tf.Tensor,
  dx: tf.Tensor,
  w: Weights,
  dw: Weights,
  c?: tf.Tensor,
  dc?: tf.Tensor,
): Pushforward {
  const zeros = () => tf.zeros([x.shape[0]!]) as tf.Tensor;
  let state = { y: tf.clone(x), dy: tf.clone(dx), logDet: zeros(), dLogDet: zeros() };
  for (const { b, key } of links) {
    state = advance(state, () => {
      const p = b.pushforward(state.y, state.dy, withoutPrefix(w, key), withoutPrefix(dw, key), c, dc);
      return {
        y: p.y,
        dy: p.dy,
        logDet: tf.add(state.logDet, p.logDet),
        dLogDet: tf.add(state.dLogDet, p.dLogDet),
      };
    });
  }
  return state;
}
