import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { withHint } from '../kernels/missing';
import { freeTape, type Tape } from './tapes/tape';

export interface Recorded {
  y: tf.Tensor;
  /** Cotangents of inputs, given that of y; zeros where y does not depend on one. Can be called once. */
  pullback(dy: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor[];
}

/**
 * Evaluates f once on a tape of its own and keeps the tape, for a pullback later; wherever one is: also inside a gradient
 * function, where `tf.grads` would destroy the tape that is being played back.
 */
export function record(f: () => tf.Tensor): Recorded {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: [], gradientDepth: 1, kernelDepth: 0 });
  let nodes: Tape = [];
  let y: tf.Tensor;
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

function backpropagate(nodes: Tape, y: tf.Tensor, dy: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const depends = new Set(inputs.map((t) => t.id));
  for (const { inputs: from, outputs } of nodes) {
    if (Object.values(from).some((t) => depends.has(t.id))) for (const t of outputs) depends.add(t.id);
  }
  const cotangents = new Map([[y.id, dy]]);
  for (const node of [...nodes].reverse()) {
    const dys = node.outputs.map((t) => cotangents.get(t.id));
    const wanted = Object.entries(node.inputs).filter(([, t]) => depends.has(t.id));
    if (wanted.length === 0 || dys.every((d) => d === undefined)) continue;
    if (!node.gradient) {
      refuse(
        'conditioner',
        'ops that have a gradient',
        node.kernelName,
        'Import @tensorflow/tfjs-layers or tfjs: tfjs-core alone registers no gradients. If it is there, this op has none: use another.',
      );
    }
    const pulled = node.gradient(dys as tf.Tensor[]);
    for (const [name, t] of wanted) {
      const part = pulled[name]!();
      const sum = cotangents.get(t.id);
      cotangents.set(t.id, sum ? tf.add(sum, part) : part);
    }
  }
  return inputs.map((t) => tf.clone(cotangents.get(t.id) ?? tf.zerosLike(t)));
}
