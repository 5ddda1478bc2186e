import type { DriftListener } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Looks at the layers of a model while it trains. Whoever adds an observer removes it when the training ends. */
export interface Observer {
  /** Gets every output of a training pass. */
  onOutput?(layer: { name: string }, y: tf.Tensor): void;
  /** Looks at the input that the gradient rebuilds. */
  driftListener?(name: string): DriftListener;
  /** While it is true, the layer stores its activations. */
  readonly stores?: boolean;
}

/** The listener of all observers of a layer together; none where none listens. */
export function listenerOf(observers: Iterable<Observer>, name: string): DriftListener | undefined {
  const all = [...observers].flatMap((o) => o.driftListener?.(name) ?? []);
  if (all.length < 2) return all[0];
  return {
    onInput(x) {
      for (const listener of all) listener.onInput(x);
    },
    onRebuilt: (...given) => all.map((listener) => listener.onRebuilt(...given)).find((truth) => truth),
  };
}
