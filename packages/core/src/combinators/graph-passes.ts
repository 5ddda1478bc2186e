import * as tf from '@tensorflow/tfjs-core';
import type { OneWay, Weights } from '../bijection';
import { zeroPerSample } from '../tensors/channels';
import { tidy } from '../tidy';
import { byKey, present, withoutPrefix, withPrefix } from '../weight-names';
import {
  type End,
  type Link,
  linksOf,
  outside,
  type Places,
  rearranged,
  replaced,
  type Step,
  type Through,
  undone,
} from './graph-steps';

/** A state after the next step; what is in no place any more is freed. */
function advance<S extends Record<string, Places | tf.Tensor>>(before: S, step: () => S): S {
  const after = tidy(step);
  const tensorsOf = (state: S) =>
    Object.values(state).flatMap((v) => ('dataId' in v ? [v] : Object.values(v)));
  const left = new Set<unknown>(tensorsOf(after));
  for (const t of tensorsOf(before)) if (!left.has(t)) tf.dispose(t);
  return after;
}

/** What a map is conditioned on, among values, cotangents or tangents. */
const read = ({ given }: Through, places: Places, c: tf.Tensor | undefined): tf.Tensor | undefined =>
  given === undefined || given === outside ? (given && c) || undefined : places[given];

const plus = (to: Places, name: string, more: tf.Tensor): Places => {
  const before = to[name];
  return { ...to, [name]: before ? tf.add(before, more) : more };
};

/** What the weights that a first batch decides become: each map sees it as those before it, already set, hand it on. */
export function setByFirstBatch(
  steps: readonly Step[],
  direction: 'ahead' | 'behind',
  start: End,
  { input, w, c }: { input: tf.Tensor; w: Weights; c: tf.Tensor | undefined },
): Weights {
  let state: { v: Places; set: Weights } = { v: start.open(input), set: {} };
  for (const link of linksOf(steps, direction))
    state = advance(state, () => {
      const { v, set } = state;
      if (!('way' in link)) return { v: rearranged(link.step, v), set };
      const { step, way } = link;
      const [t, of, own] = [present(v[step.from]), read(step, v, c), withoutPrefix(w, `${step.key}/`)];
      const fresh = step.b.initialize(t, own, direction === 'ahead' ? 'forward' : 'inverse', of);
      const { y } = way.forward(t, { ...own, ...fresh }, of);
      return { v: replaced(v, step, y), set: { ...set, ...withPrefix(`${step.key}/`, fresh) } };
    });
  tf.dispose(state.v);
  return state.set;
}

/** Values, cotangents of them, of the condition and of the weights, in the middle of a pullback. */
interface Pulled extends Record<string, Places> {
  v: Places;
  d: Places;
  dc: Places;
  dw: Weights;
}

/** A pullback through one step, from the places after it to those before. */
function pulled(
  link: Link,
  { v, d, dc, dw }: Pulled,
  dL: tf.Tensor,
  own: Own,
  c: tf.Tensor | undefined,
): Pulled {
  if (!('way' in link)) {
    const back = undone(link.step);
    return { v: rearranged(back, v), d: rearranged(back, d), dc, dw };
  }
  const { step, way } = link;
  const back = { ...step, from: step.to, to: step.from };
  const [u, du] = [present(v[step.to]), present(d[step.to])];
  const p = way.pullback(u, du, dL, own(step.key), read(step, v, c));
  const before = {
    v: replaced(v, back, p.x),
    d: replaced(d, back, p.dx),
    dw: { ...dw, ...withPrefix(`${step.key}/`, p.dw) },
  };
  if (!p.dc || step.given === undefined) return { ...before, dc };
  if (step.given === outside) return { ...before, dc: plus(dc, outside, p.dc) };
  return { ...before, d: plus(before.d, step.given, p.dc), dc };
}

type Own = (key: string) => Weights;

/** One way through all steps, from one end to the other; no more than the places in use are there at a time. */
export function throughGraph(
  steps: readonly Step[],
  direction: 'ahead' | 'behind',
  start: End,
  end: End,
): Omit<OneWay, 'outputShape'> {
  const links = linksOf(steps, direction);
  const keys = steps.flatMap((step) => (step.kind === 'through' ? [step.key] : []));
  return {
    forward(x, w, c) {
      const own = byKey(w, keys);
      let state: { v: Places; logDet: tf.Tensor } = { v: start.open(x), logDet: zeroPerSample(x) };
      for (const link of links)
        state = advance(state, () => {
          const { v } = state;
          if (!('way' in link)) return { ...state, v: rearranged(link.step, v) };
          const { step, way } = link;
          const { y, logDet } = way.forward(present(v[step.from]), own(step.key), read(step, v, c));
          return { v: replaced(v, step, y), logDet: tf.add(state.logDet, logDet) };
        });
      return { y: end.close(state.v), logDet: state.logDet };
    },
    pullback(y, dy, dL, w, c) {
      const own = byKey(w, keys);
      let state: Pulled = { v: end.open(y), d: end.open(dy), dc: {}, dw: {} };
      for (const link of [...links].reverse()) state = advance(state, () => pulled(link, state, dL, own, c));
      const { [outside]: dc } = state.dc;
      return { x: start.close(state.v), dx: start.close(state.d), dw: state.dw, ...(dc && { dc }) };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const [own, tangents] = [byKey(w, keys), byKey(dw, keys)];
      let state = {
        ...{ v: start.open(x), logDet: zeroPerSample(x) },
        ...{ d: start.open(dx), dLogDet: zeroPerSample(x) },
      };
      for (const link of links)
        state = advance(state, () => {
          const { v, d } = state;
          if (!('way' in link)) return { ...state, v: rearranged(link.step, v), d: rearranged(link.step, d) };
          const { step, way } = link;
          const [t, dt] = [present(v[step.from]), present(d[step.from])];
          const [of, dOf] = [read(step, v, c), read(step, d, dc)];
          const p = way.pushforward(t, dt, own(step.key), tangents(step.key), of, dOf);
          return {
            ...{ v: replaced(v, step, p.y), logDet: tf.add(state.logDet, p.logDet) },
            ...{ d: replaced(d, step, p.dy), dLogDet: tf.add(state.dLogDet, p.dLogDet) },
          };
        });
      const { v, d, logDet, dLogDet } = state;
      return { y: end.close(v), dy: end.close(d), logDet, dLogDet };
    },
  };
}
