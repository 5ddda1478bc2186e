import * as tf from '@tensorflow/tfjs-core';
import { handOver } from '../../tensors/hand-over';
import { tidy } from '../../tidy';
import { present, weight } from '../../weight-names';
import { checkMoment } from '../moment';
import { freeTape, type Tape } from '../tapes/tape';
import { ledgerOf, lend, ownedCotangents } from './cotangent-ledger';
import { inPass } from './pass';
import { inputsOf, outputOf, type Slot } from './slot';

/** Gives up all that a tape and its slots hold, when the pass they belong to has failed: tfjs would keep it for ever. */
export function release(tape: Tape, last: Slot | undefined): void {
  for (let slot = last; slot; slot = slot.previous) slot.rebuilt?.dispose();
  freeTape(tape);
}

/** The gradient of a reversible op, from its output, which is given up, or handed back to the op before. */
export function gradient(dy: tf.Tensor, dL: tf.Tensor, slot: Slot): Record<string, () => tf.Tensor> {
  const { bijection, previous, tape = [] } = slot;
  const ledger = ledgerOf(tape);
  tf.dispose([...ledger.released]);
  ledger.released.clear();
  try {
    checkMoment(bijection.name, slot.inputs);
    const y = outputOf(slot);
    const { w, c } = inputsOf(slot, 'kept');
    handOver(y);
    if (ownedCotangents.has(dy)) handOver(dy);
    const { x, dx, dw, dc } = tidy(() =>
      inPass(slot.pass, 'backward', () => slot.turn.pullback(y, dy, dL, w, c)),
    );
    if (slot.truth) slot.pass?.care.onRebuilt?.(x, slot.truth);
    tf.dispose([slot.rebuilt ?? [], slot.saved ?? []]);
    slot.rebuilt = undefined;
    if (previous?.next === slot && !previous.rebuilt) previous.rebuilt = x;
    else x.dispose();
    const passed = tf.clone(dL);
    for (const t of [dy, dL]) if (ownedCotangents.has(t)) t.dispose();
    ownedCotangents.add(dx).add(passed);
    const grads: Record<string, () => tf.Tensor> = { x: () => dx, logDet: () => passed };
    for (const { name, t, key } of slot.inputs) {
      const d = name === undefined ? (dc ?? tf.zerosLike(present(c))) : weight(dw, name);
      grads[key] = lend(ledger, t, d);
    }
    return grads;
  } catch (error) {
    release(tape, slot);
    throw error;
  }
}
