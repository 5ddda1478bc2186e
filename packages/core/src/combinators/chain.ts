import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Pullback, Pushforward, Shape, Weights } from '../bijection';
import { reverse } from './reverse';

/**
 * One bijection after the other; as one reversible op it stores nothing between them.
 *
 *     f = f_n ∘ … ∘ f₁      log|det J| = Σ log|det Jᵢ|
 *
 * The weights of member i are named `i/name`. Each member sets itself up from the first batch by `initialize`
 * only when the chain is trained member by member; inside one op its weights are those given.
 */
export function chain(members: readonly Bijection[]): Bijection {
  const forwards = members.map((b, i): Link => ({ b, key: `${i}/` }));
  const backwards = forwards.map(({ b, key }): Link => ({ b: reverse(b), key })).reverse();
  const out = (shape: Shape, links: Link[]) =>
    links.reduce<number[]>((s, { b }) => b.outputShape(s), [...shape]);
  const flip = ({ x: y, dx: dy, ...rest }: Pullback) => ({ y, dy, ...rest });
  return {
    name: `chain(${members.map((b) => b.name).join(', ')})`,
    outputShape: (shape) => out(shape, forwards),
    inputShape: (shape) => out(shape, backwards),
    weights(shape, condition) {
      let s = [...shape];
      return forwards.flatMap(({ b, key }) => {
        const specs = b.weights(s, condition).map((spec) => ({ ...spec, name: key + spec.name }));
        s = b.outputShape(s);
        return specs;
      });
    },
    forward: (x, w, c) => run(forwards, x, w, c),
    inverse: (y, w, c) => {
      const { y: x, logDet } = run(backwards, y, w, c);
      return { x, logDet };
    },
    pullback: (y, dy, dL, w, c) => pull(forwards, y, dy, dL, w, c),
    inversePullback: (x, dx, dL, w, c) => flip(pull(backwards, x, dx, dL, w, c)),
    pushforward: (x, dx, w, dw, c) => push(forwards, x, dx, w, dw, c),
    inversePushforward: (y, dy, w, dw, c) => {
      const { y: x, dy: dx, ...rest } = push(backwards, y, dy, w, dw, c);
      return { x, dx, ...rest };
    },
  };
}

interface Link {
  b: Bijection;
  key: string;
}

/** The weights of one member, without their prefix. */
const own = (w: Weights, key: string): Weights =>
  Object.fromEntries(
    Object.entries(w)
      .filter(([name]) => name.startsWith(key))
      .map(([name, t]) => [name.slice(key.length), t]),
  );

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
      const { y, logDet } = b.forward(state.y, own(w, key), c);
      return { y, logDet: tf.add(state.logDet, logDet) };
    });
  }
  return state;
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
  for (const { b, key } of [...links].reverse()) {
    const before = state;
    const p = b.pullback(before.x, before.dx, dL, own(w, key), c);
    tf.dispose(before);
    state = { x: p.x, dx: p.dx };
    for (const [name, t] of Object.entries(p.dw)) dw[key + name] = t;
    if (p.dc) {
      const [sum, part] = [dc, p.dc];
      dc = sum ? tf.add(sum, part) : part;
      if (sum) tf.dispose([sum, part]);
    }
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
): Pushforward {
  const zeros = () => tf.zeros([x.shape[0]!]) as tf.Tensor;
  let state = { y: tf.clone(x), dy: tf.clone(dx), logDet: zeros(), dLogDet: zeros() };
  for (const { b, key } of links) {
    state = advance(state, () => {
      const p = b.pushforward(state.y, state.dy, own(w, key), own(dw, key), c);
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
