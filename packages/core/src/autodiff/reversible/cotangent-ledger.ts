import type * as tf from '@tensorflow/tfjs-core';
import type { Tape } from '../tapes/tape';

/** Cotangents that a reversible op made; the op that receives one is its only reader and may free it. */
export const ownedCotangents = new WeakSet<tf.Tensor>();

/** What the ops of one tape share. */
export interface Ledger {
  /** The tape's copies of weights and conditions, by what they are copies of: one, however many ops read it. */
  copies: Map<number, tf.Tensor>;
  /** Tensors whose cotangents tfjs has begun to sum. */
  accumulating: Set<number>;
  /**
   * Cotangents of weights and conditions that nobody reads any more. tfjs keeps the first of a tensor as its running sum; those
   * it adds to it, and those it never asks for, it would hold to the end: they are freed when the next op's turn comes.
   */
  released: Set<tf.Tensor>;
}

const ledgers = new WeakMap<Tape, Ledger>();

export function ledgerOf(tape: Tape): Ledger {
  const known = ledgers.get(tape);
  if (known) return known;
  const fresh: Ledger = { copies: new Map(), accumulating: new Set(), released: new Set() };
  ledgers.set(tape, fresh);
  return fresh;
}

/** Hands a cotangent of t to tfjs when it is asked for; until then it counts as released. */
export function lend({ accumulating, released }: Ledger, t: tf.Tensor, d: tf.Tensor): () => tf.Tensor {
  released.add(d);
  return () => {
    if (!accumulating.has(t.id)) released.delete(d);
    accumulating.add(t.id);
    return d;
  };
}
