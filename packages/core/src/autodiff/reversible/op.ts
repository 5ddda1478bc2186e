import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../../bijection';
import { checkBijection, checkLike } from '../../check';
import { bodyOf, checkEntrance, float } from '../../edge';
import { checkOptions, flag, optionsOf, type Rules, tensor } from '../../options';
import { batch } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { giveToLast, openTape, savedByLast, type Tape } from '../tapes/tape';
import { isNested, twice } from '../tapes/twice';
import { careRules, type DriftCare } from './care';
import { ledgerOf } from './cotangent-ledger';
import { release } from './gradient';
import { runKernel } from './kernel';
import { type Pass, passWith, turnOf } from './pass';
import { type Input, type Slot, slots } from './slot';

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
  /** What is done about inputs that are rebuilt inexactly. Default: nothing. */
  care?: DriftCare;
}

const applyRules: Rules<ApplyOptions> = {
  condition: tensor,
  logDet: tensor,
  consume: flag,
  care: optionsOf('reversible'),
};

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
  checkBijection('reversible', given);
  const bijection = bodyOf(given);
  return (input: tf.Tensor, w: Weights, options: ApplyOptions = {}): Applied => {
    checkOptions('reversible', options, applyRules);
    const { logDet, consume = false, care } = options;
    if (care) checkOptions('reversible', care, careRules);
    const tape = openTape();
    const previous = slots.get(input);
    const before = previous && previous.tape === tape ? { previous } : {};
    const running = logDet ?? tf.zeros([batch(input)]);
    const pass = tape && care && passWith(care);
    try {
      checkEntrance(given, input, w, options.condition);
      checkLike('reversible', 'logDet', running, [batch(input)]);
      const [x, condition] = [float(input), options.condition && float(options.condition)];
      if (isNested()) return applyTwice(bijection, x, w, condition, running);
      const inputs = inputsFor(w, condition, tape);
      const turn = turnOf('', bijection.name, bijection);
      const slot: Slot = { bijection, turn, inputs, tape, ...before, ...(pass && { pass }) };
      const { y, logDet: total } = runKernel(slot, x, running);
      if (tape) keep(slot, tape, y);
      if (tape && pass) keepTruth(slot, pass, tape, x);
      if (consume || x !== input) x.dispose();
      if (condition !== options.condition) condition?.dispose();
      // Ours, or handed over.
      if (consume || !logDet) running.dispose();
      return { y, logDet: total };
    } catch (error) {
      if (!logDet) running.dispose();
      tf.dispose(pass?.all ?? []);
      if (tape) release(tape, before.previous);
      throw error;
    }
  };
}

/** Inside a gradient of a gradient the stock tape records the map itself: our pullback has no derivative of its own. */
const applyTwice = (
  b: Bijection,
  x: tf.Tensor,
  w: Weights,
  c: tf.Tensor | undefined,
  before: tf.Tensor,
): Applied =>
  tidy(() => {
    const { y, logDet } = twice(() => b.forward(x, w, c));
    return { y, logDet: tf.add(before, logDet) };
  });

/** The weights and the condition as inputs of the op: the tape copies each tensor once, and variables not at all. */
function inputsFor(w: Weights, condition: tf.Tensor | undefined, tape: Tape | undefined): Input[] {
  const copies = tape && ledgerOf(tape).copies;
  const all: [name: string | undefined, t: tf.Tensor][] = Object.entries(w);
  if (condition) all.push([undefined, condition]);
  let copied = 0;
  return all.map(([name, t], i) => {
    const known = t instanceof tf.Variable || copies?.has(t.id);
    return { name, t, dataId: t.dataId, key: known ? `v${i}` : `w${copied++}` };
  });
}

/** Takes what the tape has saved of an op; the output of the op before can be rebuilt from now on, and is given up. */
function keep(slot: Slot, tape: Tape, y: tf.Tensor): void {
  const { copies } = ledgerOf(tape);
  const saved = savedByLast(tape);
  for (const input of slot.inputs) {
    const copy = input.key.startsWith('w') ? saved.shift() : copies.get(input.t.id);
    if (copy) copies.set(input.t.id, copy);
    input.kept = copy ?? input.t;
  }
  const [output] = saved;
  if (output) slot.saved = output;
  slots.set(y, slot);
  if (slot.previous && !slot.previous.next) {
    slot.previous.next = slot;
    slot.previous.saved?.dispose();
  }
}

/** Gives the tape what a pass has kept, and the input where no op before gets it back to rebuild its own. */
function keepTruth(slot: Slot, pass: Pass, tape: Tape, x: tf.Tensor): void {
  if (pass.care.onRebuilt && slot.previous?.next !== slot) {
    slot.truth = tf.keep(tf.clone(x));
    pass.all.push(slot.truth);
  }
  giveToLast(tape, pass.all);
}
