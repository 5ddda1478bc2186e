import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { bodyOf, checkEntrance } from '../edge';
import type { DriftListener } from './drift';
import { freeTape, type Tape } from './tape';

/** What one application of a reversible op keeps for its gradient: the output, until the next op can rebuild it. */
interface Slot {
  bijection: Bijection;
  names: string[];
  conditioned: boolean;
  /** The weights and the condition as inputs of the op, and the op's names for them: those called w… are copied by the tape. */
  inputs: tf.Tensor[];
  keys: string[];
  tape: Tape | undefined;
  /** The inputs as they can be read in the backward pass: variables, which outlive the step, and copies of the others. */
  kept?: tf.Tensor[];
  /** The tape's own copy of the output. */
  saved?: tf.Tensor;
  /** The output was given up to the next op … */
  next?: Slot;
  /** … which puts it back here in the backward pass. */
  rebuilt?: tf.Tensor;
  /** The op whose output is our input. */
  previous?: Slot;
  driftListener?: DriftListener;
}

export interface Applied {
  y: tf.Tensor;
  /** The log-determinants of this op and of those before it. */
  logDet: tf.Tensor;
}

export interface ApplyOptions {
  condition?: tf.Tensor;
  /** Running log-determinant of the ops before, added to ours. Default: zero. */
  logDet?: tf.Tensor;
  /** Nobody else will read x and the running logDet: they are disposed once y is there. Default false. */
  consume?: boolean;
  /** Compares the input that the gradient rebuilds with the true one. */
  driftListener?: DriftListener;
}

const slots = new WeakMap<tf.Tensor, Slot>();
/** Cotangents that a reversible op made; the op that receives one is its only reader and may free it. */
const ownedCotangents = new WeakSet<tf.Tensor>();

/** What the ops of one tape share. */
interface Shared {
  /** The tape's copies of weights and conditions, by what they are copies of: one, however many ops read it. */
  copies: Map<number, tf.Tensor>;
  /** Whose cotangents tfjs has begun to sum. */
  accumulating: Set<number>;
  /**
   * Cotangents of weights and conditions that nobody reads any more. tfjs keeps the first of a tensor as its running sum; those
   * it adds to it, and those it never asks for, it would hold to the end: they are freed when the next op's turn comes.
   */
  released: Set<tf.Tensor>;
}
const shares = new WeakMap<Tape, Shared>();

function sharedOf(tape: Tape): Shared {
  const known = shares.get(tape);
  if (known) return known;
  const fresh: Shared = { copies: new Map(), accumulating: new Set(), released: new Set() };
  shares.set(tape, fresh);
  return fresh;
}

/**
 * A bijection as a differentiable tfjs op (y, logDet) = f(x; w, c) whose gradient rebuilds x from y.
 *
 * Under a tape it saves y only; when its x is the y of another reversible op, that one's copy is released, and comes
 * back through our inverse in the backward pass. Memory is that of one output however many ops follow each other.
 * Works inside tf.grads, tf.variableGrads, optimizer.minimize and tf.layers.
 *
 * ```ts
 * const coupling = core.affineCoupling({ hidden: 8 });
 * const w = core.createWeights(coupling, [4, 2]);
 * const x = tf.randomNormal([4, 2]);
 * const loss = (t: tf.Tensor) => {
 *   const { y, logDet } = core.reversible(coupling)(t, w);
 *   return tf.sub(tf.mean(tf.square(y)), tf.mean(logDet));
 * };
 * const dx = tf.grad(loss)(x);
 * ```
 */
export function reversible(given: Bijection) {
  const bijection = bodyOf(given);
  return (x: tf.Tensor, w: Weights, options: ApplyOptions = {}): Applied => {
    const { condition, logDet, consume = false, driftListener } = options;
    checkEntrance(given, x, w, condition);
    const names = Object.keys(w);
    const kept = [...names.map((name) => w[name]!), ...(condition ? [condition] : [])];
    const running = logDet ?? tf.zeros([x.shape[0]!]);
    const { state } = tf.engine();
    const taped = state.gradientDepth > 0 && state.kernelDepth === 0;
    const tape = taped ? state.activeTape : undefined;
    const copies = tape && sharedOf(tape).copies;
    let copied = 0;
    const keys = kept.map((t, i) =>
      t instanceof tf.Variable || copies?.has(t.id) ? `v${i}` : `w${copied++}`,
    );
    const inputs: tf.NamedTensorMap = { x, logDet: running };
    kept.forEach((t, i) => {
      inputs[keys[i]!] = t;
    });
    const previous = slots.get(x);
    const slot: Slot = { bijection, names, conditioned: condition !== undefined, inputs: kept, keys, tape };
    if (previous && previous.tape === tape) slot.previous = previous;
    if (driftListener && tape) {
      slot.driftListener = driftListener;
      driftListener.onInput(x);
    }
    let y: tf.Tensor;
    let total: tf.Tensor;
    try {
      [y, total] = tf
        .engine()
        .runKernel(kernelFor(copied), inputs, { slot } as unknown as tf.NamedAttrMap) as unknown as [
        tf.Tensor,
        tf.Tensor,
      ];
    } catch (error) {
      if (tape) release(tape, slot.previous);
      throw error;
    }
    if (tape) {
      const saved = [...state.activeTape[state.activeTape.length - 1]!.saved!];
      slot.saved = saved.pop()!;
      kept.forEach((t, i) => {
        if (keys[i]!.startsWith('w')) copies!.set(t.id, saved.shift()!);
      });
      slot.kept = kept.map((t) => (t instanceof tf.Variable ? t : copies!.get(t.id)!));
      slots.set(y, slot);
      if (slot.previous && !slot.previous.next) {
        slot.previous.next = slot;
        slot.previous.saved?.dispose();
      }
    }
    if (consume) x.dispose();
    // Ours, or handed over.
    if (consume || !logDet) running.dispose();
    return { y, logDet: total };
  };
}

/** Gives up all that a tape and its slots hold, when the pass they belong to has failed: tfjs would keep it for ever. */
function release(tape: Tape, last: Slot | undefined): void {
  for (let slot = last; slot; slot = slot.previous) slot.rebuilt?.dispose();
  freeTape(tape);
}

/** The output of a slot: put back by the next op, still saved, or, when the next op has no gradient, rebuilt through it now. */
function output(slot: Slot): tf.Tensor {
  if (slot.rebuilt) return slot.rebuilt;
  if (!slot.saved!.isDisposed) return slot.saved!;
  const next = slot.next!;
  const { w, c } = weightsOf(next);
  const { x, logDet } = next.bijection.inverse(output(next), w, c);
  logDet.dispose();
  slot.rebuilt = x;
  return x;
}

function weightsOf({ names, conditioned, kept }: Slot): { w: Weights; c: tf.Tensor | undefined } {
  const w = Object.fromEntries(names.map((name, i) => [name, kept![i]!]));
  return { w, c: conditioned ? kept![names.length] : undefined };
}

function gradient(dys: tf.Tensor[], slot: Slot): Record<string, () => tf.Tensor> {
  const [dy, dL] = dys as [tf.Tensor, tf.Tensor];
  const { bijection, names, previous } = slot;
  const { accumulating, released } = sharedOf(slot.tape!);
  tf.dispose([...released]);
  released.clear();
  try {
    const y = output(slot);
    const { w, c } = weightsOf(slot);
    const { x, dx, dw, dc } = tf.tidy(() => bijection.pullback(y, dy, dL, w, c) as never) as ReturnType<
      Bijection['pullback']
    >;
    slot.driftListener?.onRebuilt(x, y, bijection, w, c);
    slot.rebuilt?.dispose();
    slot.rebuilt = undefined;
    if (previous?.next === slot && !previous.rebuilt) previous.rebuilt = x;
    else x.dispose();
    const passed = tf.clone(dL);
    for (const t of [dy, dL]) if (ownedCotangents.has(t)) t.dispose();
    ownedCotangents.add(dx).add(passed);
    const grads: Record<string, () => tf.Tensor> = { x: () => dx, logDet: () => passed };
    slot.inputs.forEach((t, i) => {
      const d = i < names.length ? dw[names[i]!]! : (dc ?? tf.zerosLike(c!));
      released.add(d);
      grads[slot.keys[i]!] = () => {
        if (!accumulating.has(t.id)) released.delete(d);
        accumulating.add(t.id);
        return d;
      };
    });
    return grads;
  } catch (error) {
    release(slot.tape!, slot);
    throw error;
  }
}

/** The kernel for a number of saved inputs, registered on the present backend when it is first needed. */
function kernelFor(count: number): string {
  const kernelName = `InvertibleReversible${count}`;
  if (!tf.getGradient(kernelName)) {
    tf.registerGradient({
      kernelName,
      inputsToSave: Array.from({ length: count }, (_, i) => `w${i}`),
      outputsToSave: [true, false],
      gradFunc: (dys, _, attrs) => gradient(dys as tf.Tensor[], (attrs as unknown as { slot: Slot }).slot),
    });
  }
  const backendName = tf.getBackend();
  if (!tf.getKernel(kernelName, backendName)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const { bijection, names, conditioned, inputs: kept } = (attrs as unknown as { slot: Slot }).slot;
        const t = inputs as unknown as tf.NamedTensorMap;
        const w = Object.fromEntries(names.map((name, i) => [name, kept[i]!]));
        return tf.tidy(() => {
          const { y, logDet } = bijection.forward(t.x!, w, conditioned ? kept[names.length] : undefined);
          return [y, tf.add(t.logDet!, logDet)];
        });
      },
    });
  }
  return kernelName;
}
