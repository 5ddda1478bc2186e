import * as tf from '@tensorflow/tfjs-core';
import { type Turn, turnOf } from '../autodiff/reversible/pass';
import {
  type Bijection,
  complete,
  type Forward,
  type Member,
  type OneWay,
  type Shape,
  type Weights,
} from '../bijection';
import { checkBijection } from '../check';
import { backwards, bothWays } from '../directions';
import { bodyOf, checked } from '../edge';
import { refuse } from '../errors';
import { checkOptions, listOf, text } from '../options';
import { childSeed } from '../random';
import { type Recipe, recipeOf, withRecipe } from '../recipe';
import { zeroPerSample } from '../tensors/channels';
import { freeIfHandedOver, handOver } from '../tensors/hand-over';
import { tidy } from '../tidy';
import { byKey, specsWithPrefix } from '../weight-names';
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
export function chain(members: readonly Bijection[], options: ChainOptions = {}): Bijection {
  if (!Array.isArray(members)) refuse('chain', 'a list of bijections', members, 'As in chain([a, b]).');
  for (const b of members) checkBijection('chain', b);
  checkOptions('chain', options, { keys: listOf(text) });
  const names = options.keys ?? members.map((_, i) => String(i));
  if (names.length !== members.length) {
    refuse('chain', `${members.length} keys`, `${names.length}`, 'Give one key for each member.');
  }
  return withRecipe(
    checked(chainOf(members.map(bodyOf), names, members.map(String))),
    recipeFor(members, names),
  );
}

function recipeFor(members: readonly Bijection[], keys: readonly string[]): Recipe | undefined {
  const known = members.flatMap((b, i) => {
    const part = recipeOf(b);
    return part ? { name: keys[i] ?? '', part } : [];
  });
  return known.length === members.length ? { combinator: 'chain', members: known } : undefined;
}

function chainOf(
  members: readonly Bijection[],
  keys: readonly string[],
  printed: readonly string[],
): Bijection {
  const links = (way: (b: Bijection) => OneWay) =>
    members.map((b, i): Link => {
      const [one, key] = [way(b), keys[i] ?? ''];
      return { b, way: one, turn: turnOf(key, b.name, one), key };
    });
  const there = links((b) => b);
  const back = links(backwards).reverse();
  const names = members.slice(0, 6).map((b) => b.name);
  return complete({
    name: `chain(${names.join(', ')}${members.length > names.length ? ', …' : ''})`,
    ...bothWays(series(there, keys), series(back, keys)),
    members: (shape, condition) => inTurn(shape, there, condition),
    weights(shape, condition) {
      const specs = inTurn(shape, there, condition).flatMap(({ key, part, shape: s }) =>
        specsWithPrefix(`${key}/`, part.weights(s, condition)),
      );
      return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
    },
    training(this: Bijection, seed: number) {
      const next = members.map((b, i) => trainingOf(b, childSeed(seed, i, 'member')));
      return next.every((b, i) => b === members[i]) ? this : chainOf(next, keys, printed);
    },
    initialize(input, w, direction, c) {
      const own = byKey(w, keys);
      const set = new Map<string, Weights>();
      let y = tf.clone(input);
      for (const { b, way, key } of direction === 'forward' ? there : back) {
        // Each member sees the batch as those before it, already set, hand it on; of those that share weights the first sets them.
        const fresh = set.get(key) ?? tidy(() => b.initialize(y, own(key), direction, c));
        set.set(key, fresh);
        y = advance(y, () => way.forward(y, { ...own(key), ...fresh }, c).y);
      }
      return Object.fromEntries(
        [...set].flatMap(([key, fresh]) => Object.entries(fresh).map(([name, t]) => [`${key}/${name}`, t])),
      );
    },
    toString: () => `chain(\n${printed.map((line) => line.replace(/^/gm, '  ')).join(',\n')}\n)`,
  });
}

/** A member in one direction. */
interface Link {
  b: Bijection;
  way: OneWay;
  /** The same, in a pass that is being made. */
  turn: Turn;
  key: string;
}

function inTurn(shape: Shape, links: readonly Link[], condition: Shape | undefined): Member[] {
  let s = [...shape];
  return links.map(({ b, key }) => {
    const member = { key, part: b, shape: s, condition };
    s = b.outputShape(s);
    return member;
  });
}

/** Replaces a state and frees the old one: a chain never holds more than one intermediate value. */
function advance<S extends tf.TensorContainer>(before: S, step: () => S): S {
  const after = tidy(step);
  tf.dispose(before);
  return after;
}

/** One way through all members. */
const series = (links: readonly Link[], keys: readonly string[]): OneWay => ({
  outputShape: (shape) => links.reduce<number[]>((s, { way }) => way.outputShape(s), [...shape]),

  forward(x, w, c) {
    const own = byKey(w, keys);
    let state: Forward & tf.TensorContainerObject = { y: tf.clone(x), logDet: zeroPerSample(x) };
    for (const { turn, key } of links) {
      state = advance(state, () => {
        const { y, logDet } = turn.forward(state.y, own(key), c);
        return { y, logDet: tf.add(state.logDet, logDet) };
      });
    }
    return state;
  },

  pullback(y, dy, dL, w, c) {
    const own = byKey(w, keys);
    let state = { x: tf.clone(y), dx: tf.clone(dy) };
    freeIfHandedOver(y, dy);
    let dc: tf.Tensor | undefined;
    const dw: Weights = {};
    const accumulate = (before: tf.Tensor | undefined, more: tf.Tensor) => {
      if (!before) return more;
      const sum = tf.add(before, more);
      tf.dispose([before, more]);
      return sum;
    };
    for (const { turn, key } of [...links].reverse()) {
      const p = tidy(() => turn.pullback(handOver(state.x), handOver(state.dx), dL, own(key), c));
      tf.dispose(state);
      state = { x: p.x, dx: p.dx };
      for (const [name, t] of Object.entries(p.dw)) {
        dw[`${key}/${name}`] = accumulate(dw[`${key}/${name}`], t);
      }
      if (p.dc) dc = accumulate(dc, p.dc);
    }
    return { ...state, dw, ...(dc && { dc }) };
  },

  pushforward(x, dx, w, dw, c, dc) {
    const [own, tangents] = [byKey(w, keys), byKey(dw, keys)];
    let state = { y: tf.clone(x), dy: tf.clone(dx), logDet: zeroPerSample(x), dLogDet: zeroPerSample(x) };
    for (const { way, key } of links) {
      state = advance(state, () => {
        const p = way.pushforward(state.y, state.dy, own(key), tangents(key), c, dc);
        return {
          y: p.y,
          dy: p.dy,
          logDet: tf.add(state.logDet, p.logDet),
          dLogDet: tf.add(state.dLogDet, p.dLogDet),
        };
      });
    }
    return state;
  },
});
