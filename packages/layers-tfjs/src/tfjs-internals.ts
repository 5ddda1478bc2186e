import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** Members of tf.layers that it keeps for subclasses and for itself. They are typed here, and nowhere else. */

interface Adding {
  addWeight(
    name: string,
    shape: number[],
    dtype: 'float32',
    from: { apply(): tf.Tensor },
    regularizer: undefined,
    trainable: boolean,
  ): void;
}

/** Adds a weight to a layer that makes it by itself: tf.layers means `addWeight` for subclasses, which the callers are. */
export function addWeight(
  layer: tfl.layers.Layer,
  name: string,
  shape: readonly number[],
  trainable: boolean,
  make: () => tf.Tensor,
): void {
  // `addWeight` is protected, and asks for an Initializer, of which it calls `apply` alone.
  const adding = layer as unknown as Adding;
  adding.addWeight(name, [...shape], 'float32', { apply: make }, undefined, trainable);
}

/** A variable of tf.layers. */
export interface Variable {
  /** Its value, which others may stand in for. */
  val: tf.Tensor;
  trainable: boolean;
  read(): tf.Tensor;
  write?: unknown;
}

/** The variables of a layer or a model. */
export const variablesOf = (layer: tfl.layers.Layer): Variable[] =>
  // `val` is protected.
  layer.weights as unknown as Variable[];
