import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { withHint } from '../kernels/missing';
import { reversibleKernel } from './reversible/kernel-name';
import { freeTape, type Tape } from './tapes/tape';

export interface Recorded<Y> {
  y: Y;
  /** Cotangents of inputs, given that of y; zeros where y does not depend on one. Can be called once. */
  pullback(dy: Y, inputs: readonly tf.Tensor[]): tf.Tensor[];
}

/** {@link recordAll} for a function of one tensor. */
export function record(f: () => tf.Tensor): Recorded<tf.Tensor> {
  const { y, pullback } = recordAll(() => [f()]);
  return { y: y[0] ?? tf.scalar(Number.NaN), pullback: (dy, inputs) => pullback([dy], inputs) };
}

/**
 * Evaluates f once on a tape of its own and keeps the tape, for a pullback later; wherever one is: also inside a gradient
 * function, where `tf.grads` would destroy the tape that is being played back.
 */
export function recordAll(f: () => tf.Tensor[]): Recorded<readonly tf.Tensor[]> {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: [], gradientDepth: 1, kernelDepth: 0 });
  let nodes: Tape = [];
  let y: tf.Tensor[];
  try {
    y = tf.tidy(f);
    nodes = state.activeTape;
  } catch (error) {
    nodes = state.activeTape;
    freeTape(nodes);
    throw error;
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
  return {
    y,
    pullback(dy, inputs) {
      try {
        return withHint(() => tf.tidy(() => backpropagate(nodes, y, dy, inputs)));
      } finally {
        freeTape(nodes);
      }
    },
  };
}

/** Plays a tape back. What a node has saved, and what has been read of its cotangents, is freed as the node is done. */
function backpropagate(
  nodes: Tape,
  y: readonly tf.Tensor[],
  dy: readonly tf.Tensor[],
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  const wanted = new Set(inputs.map((t) => t.id));
  const depends = new Set(wanted);
  for (const { inputs: from, outputs } of nodes) {
    if (Object.values(from).some((t) => depends.has(t.id))) for (const t of outputs) depends.add(t.id);
  }
  const cotangents = new Map<number, tf.Tensor>();
  const add = (t: tf.Tensor, part: tf.Tensor) => {
    const sum = cotangents.get(t.id);
    cotangents.set(t.id, sum ? tf.add(sum, part) : part);
    if (sum) tf.dispose([sum, part]);
  };
  for (const [i, t] of y.entries()) add(t, tf.clone(dy[i] ?? tf.zerosLike(t)));
  for (const node of [...nodes].reverse()) {
    const dys = node.outputs.map((t) => cotangents.get(t.id));
    const from = Object.entries(node.inputs).filter(([, t]) => depends.has(t.id));
    if (from.length > 0 && dys.some((d) => d !== undefined))
      for (const [k, part] of pulledBack(node, dys, from).entries()) add(from[k]![1], part);
    tf.dispose(node.saved ?? []);
    for (const t of node.outputs) {
      if (wanted.has(t.id)) continue;
      cotangents.get(t.id)?.dispose();
      cotangents.delete(t.id);
    }
  }
  return inputs.map((t) => tf.clone(cotangents.get(t.id) ?? tf.zerosLike(t)));
}

/** The cotangents of some inputs of a node, tensors of their own. What it needs on the way is freed. */
function pulledBack(
  node: Tape[number],
  dys: readonly (tf.Tensor | undefined)[],
  from: readonly [name: string, t: tf.Tensor][],
): tf.Tensor[] {
  const pull = () => {
    if (!node.gradient) {
      refuse(
        'conditioner',
        'ops that have a gradient',
        node.kernelName,
        'Import @tensorflow/tfjs-layers or tfjs: tfjs-core alone registers no gradients. If it is there, this op has none: use another.',
      );
    }
    const pulled = node.gradient(dys as tf.Tensor[]);
    // One after the other: what each needs on the way is freed before the next.
    return from.map(([name]) => tf.tidy(() => tf.clone(pulled[name]!())));
  };
  // A reversible op tidies up by itself, and leaves its input to the op before.
  return node.kernelName.startsWith(reversibleKernel) ? pull() : tf.tidy(pull);
}
