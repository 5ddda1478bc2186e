import { refuse, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** A layer as configs carry it. */
export interface SavedLayer {
  className: string;
  config: tf.serialization.ConfigDict;
}

export const savedLayer = (layer: tfl.layers.Layer): SavedLayer => ({
  className: layer.getClassName(),
  // A model's is a list of layers where it is a Sequential.
  config: layer.getConfig() as tf.serialization.ConfigDict,
});

/** Makes a layer or a model of its config, which stays as it is. */
export function revive(where: string, { className, config }: SavedLayer): tfl.layers.Layer {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry =
    typeof className === 'string' && Object.hasOwn(known, className) ? known[className] : undefined;
  // A copy: tfjs takes the layers out of the config of a Sequential.
  const layer = entry?.[1](entry[0], JSON.parse(JSON.stringify(config)));
  if (layer instanceof tfl.layers.Layer) return layer;
  const got = rules.printed('a layer', { className });
  return refuse(
    where,
    'a layer of a registered class',
    got,
    'Register it with tf.serialization.registerClass first.',
  );
}
