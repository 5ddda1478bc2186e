import type { DriftListener } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Looks at the layers of a model while it trains. Whoever adds an observer removes it when the training ends. */
export interface Observer {
  /** Gets every output of a training pass. */
  onOutput?(layer: { name: string }, y: tf.Tensor): void;
  /** Looks at the input that the gradient rebuilds. */
  driftListener?(name: string): DriftListener;
}
