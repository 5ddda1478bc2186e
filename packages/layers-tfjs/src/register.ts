import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** The classes of this copy of the package. */
const own = new WeakSet<object>();

/** A second copy of this package may take over; another class of that name may not. */
const mark = Symbol.for('@invertible/layers-tfjs');

/** Registers a layer for `tf.loadLayersModel` under its frozen class name. */
export function register(layer: { className: string }): void {
  const { className } = layer;
  const known = tf.serialization.SerializationMap.getMap().classNameMap[className]?.[0];
  if (known && !(mark in known)) {
    refuse(
      '@invertible/layers-tfjs',
      `the class name ${className} to be free`,
      'another class that is registered under it',
      'Rename that class: saved models find their layers by this name.',
    );
  }
  Object.defineProperty(layer, mark, { value: true });
  own.add(layer);
  // Layers take their own arguments; tfjs types the constructor as one of a config.
  tf.serialization.registerClass(
    layer as unknown as tf.serialization.SerializableConstructor<tfl.layers.Layer>,
  );
}

/** Whether a layer is of a kind that another copy of this package has registered. */
export const isForeign = (layer: tfl.layers.Layer): boolean =>
  mark in layer.constructor && !own.has(layer.constructor);
