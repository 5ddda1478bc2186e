import * as tf from '@tensorflow/tfjs-core';
import type { OneWay, Pullback } from '../../bijection';
import { freeIfHandedOver } from '../../tensors/hand-over';
import type { DriftCare } from './care';
import { storedPullback } from './stored-pullback';

/** One pass through an op, forward and back: inputs of members that are not rebuilt. */
export interface Pass {
  readonly care: DriftCare;
  /** By member; the last one kept is the first one needed. */
  readonly kept: Map<Turn, tf.Tensor[]>;
  /** All that was kept, in no order. */
  readonly all: tf.Tensor[];
}

export const passWith = (care: DriftCare): Pass => ({ care, kept: new Map(), all: [] });

/** Where in a pass we are. */
interface Place {
  pass: Pass;
  half: 'forward' | 'backward';
  path: string;
  /** Whether a member was evaluated inside this one. */
  hasMembers: boolean;
}

let here: Place | undefined;

function at<T>(place: Place | undefined, f: () => T): T {
  const before = here;
  here = place;
  try {
    return f();
  } finally {
    here = before;
  }
}

/** Evaluates one half of a pass; without a pass, nothing is kept. */
export const inPass = <T>(pass: Pass | undefined, half: Place['half'], f: () => T): T =>
  at(pass && { pass, half, path: '', hasMembers: false }, f);

/** A member in the pass that is being made. */
export type Turn = Pick<OneWay, 'forward' | 'pullback'>;

/** A member of a composition, by its key there and its name, as it takes part in the pass that is being made. */
export const turnOf = (key: string, name: string, way: OneWay): Turn => ({
  forward(x, w, c) {
    const place = here;
    if (place?.half !== 'forward') return way.forward(x, w, c);
    place.hasMembers = true;
    const { care } = place.pass;
    const inside = within(place, key);
    const recomputed = !care.onMember && care.recompute?.has(inside.path);
    const made = at(recomputed ? undefined : inside, () => way.forward(x, w, c));
    if (recomputed || (care.onMember && !inside.hasMembers)) keep(place.pass, this, x);
    return made;
  },
  pullback(...given) {
    const place = here;
    if (place?.half !== 'backward') return way.pullback(...given);
    const { care, kept } = place.pass;
    const inside = within(place, key);
    const x = kept.get(this)?.pop();
    if (!x) return at(inside, () => way.pullback(...given));
    return at(undefined, () => pullbackAt(x, { path: inside.path, name, care }, way, given));
  },
});

const within = (place: Place, key: string): Place => ({
  ...place,
  path: place.path === '' ? key : `${place.path}/${key}`,
  hasMembers: false,
});

function keep({ kept, all }: Pass, member: Turn, x: tf.Tensor): void {
  const copy = tf.keep(tf.clone(x));
  all.push(copy);
  const before = kept.get(member);
  if (before) before.push(copy);
  else kept.set(member, [copy]);
}

/** The pullback of a member at its true input, which is freed; the input that it returns is where the member before starts from. */
function pullbackAt(
  x: tf.Tensor,
  { path, name, care }: { path: string; name: string; care: DriftCare },
  way: OneWay,
  [y, dy, dL, w, c]: Parameters<OneWay['pullback']>,
): Pullback {
  const { y: truth, ...pulled } = storedPullback(way, x, dy, dL, w, c);
  const undo = (of: tf.Tensor) =>
    tf.tidy(() => way.pullback(tf.clone(of), tf.zerosLike(of), tf.zerosLike(dL), w, c).x);
  let from = x;
  if (care.onMember) from = care.onMember({ path, name, x, rebuilt: undo(y), y, undo });
  else care.onRebuilt?.(y, truth);
  freeIfHandedOver(y, dy);
  const next = tf.clone(from);
  x.dispose();
  return { ...pulled, x: next };
}
