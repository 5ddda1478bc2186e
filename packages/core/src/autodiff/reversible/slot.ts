import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../../bijection';
import type { Read } from '../moment';
import type { Tape } from '../tapes/tape';
import type { Pass, Turn } from './pass';

/** What one application of a reversible op keeps for its gradient: the output, until the next op can rebuild it. */
export interface Slot {
  bijection: Bijection;
  /** The bijection in this pass. */
  turn: Turn;
  /** The weights by name and the condition, as inputs of the op. */
  inputs: readonly Input[];
  tape: Tape | undefined;
  /** The tape's own copy of the output. */
  saved?: tf.Tensor;
  /** The output was given up to the next op … */
  next?: Slot;
  /** … which puts it back here in the backward pass. */
  rebuilt?: tf.Tensor | undefined;
  /** The op whose output is our input. */
  previous?: Slot;
  /** What is done about drift. */
  pass?: Pass;
  /** The input, of an op that begins a run: nobody rebuilds it for another. */
  truth?: tf.Tensor;
}

/** A weight, by its name, or the condition, without one. */
export interface Input extends Read {
  name: string | undefined;
  /** The op's name for it: inputs called w… are copied by the tape. */
  key: string;
  /** The input as it can be read in the backward pass: a variable, which outlives the step, or the tape's copy. */
  kept?: tf.Tensor;
}

/** Slots by the outputs that belong to them. */
export const slots = new WeakMap<tf.Tensor, Slot>();

/** The weights and the condition of a slot, as they stand now or as they were kept for the backward pass. */
export function inputsOf({ inputs }: Slot, which: 'now' | 'kept'): { w: Weights; c: tf.Tensor | undefined } {
  const w: Weights = {};
  let c: tf.Tensor | undefined;
  for (const { name, t, kept = t } of inputs) {
    const value = which === 'now' ? t : kept;
    if (name === undefined) c = value;
    else w[name] = value;
  }
  return { w, c };
}

/** The output of a slot: put back by the next op, still saved, or, when the next op has no gradient, rebuilt through it now. */
export function outputOf(slot: Slot): tf.Tensor {
  const { rebuilt, saved, next } = slot;
  if (rebuilt) return rebuilt;
  if (saved && !saved.isDisposed) return saved;
  if (!next) throw new Error('A reversible op has lost its output.');
  const { w, c } = inputsOf(next, 'kept');
  const { x, logDet } = next.bijection.inverse(outputOf(next), w, c);
  logDet.dispose();
  slot.rebuilt = x;
  return x;
}
