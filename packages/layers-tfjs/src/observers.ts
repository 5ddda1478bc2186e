import type { DriftListener } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Somebody who looks at the layers of a model while it trains. */
export interface Observer {
  /** Gets every output of a training pass. */
  onOutput?(layer: { name: string }, y: tf.Tensor): void;
  /** Looks at the input that the gradient rebuilds. */
  driftListener?(name: string): DriftListener;
  /** A pass has failed in a layer: nobody will say that it has ended. */
  onError(): void;
}
