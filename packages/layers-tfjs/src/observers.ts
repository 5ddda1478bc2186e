import type { Bijection, DriftCare, Weights } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** The map of one step of a layer, and its weights. */
export interface Step {
  bijection: Bijection;
  w: Weights;
}

/** One pass through a layer, with its condition. */
export interface LayerPass extends Step {
  x: tf.Tensor;
  c: tf.Tensor | undefined;
}

/** Looks at the layers of a model while it trains. Whoever adds an observer removes it when the training ends. */
export interface Observer {
  /** Gets every training pass. */
  onInput?(pass: LayerPass): void;
  /** Gets every output of a training pass. */
  onOutput?(layer: { name: string }, y: tf.Tensor): void;
  /** What a layer does about drift in the pass that begins. */
  care?(layer: tfl.layers.Layer): DriftCare;
}

/** The care of all observers of a layer together; none where none has any. */
export function careOf(observers: Iterable<Observer>, layer: tfl.layers.Layer): DriftCare | undefined {
  const all = [...observers].flatMap((o) => o.care?.(layer) ?? []);
  if (all.length < 2) return all[0];
  return {
    recompute: new Set(all.flatMap(({ recompute = [] }) => [...recompute])),
    onRebuilt(...tensors) {
      for (const care of all) care.onRebuilt?.(...tensors);
    },
    ...(all.some(({ onMember }) => onMember) && {
      onMember: (member) => all.map((care) => care.onMember?.(member)).find((from) => from) ?? member.rebuilt,
    }),
  };
}
