import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const registered = () => tf.serialization.SerializationMap.getMap().classNameMap;

/** The class that is registered under a name. */
function classOf(name: string): { prototype?: unknown } | undefined {
  const found: unknown = Object.hasOwn(registered(), name) ? registered()[name]?.[0] : undefined;
  return typeof found === 'function' ? found : undefined;
}

export const isRegistered = (name: unknown): boolean =>
  typeof name === 'string' && classOf(name) !== undefined;

/** Whether a name is that of a kind of model, which may stand in other models. */
export const isModel = (name: string): boolean => {
  const found = classOf(name);
  return found === tfl.LayersModel || found?.prototype instanceof tfl.LayersModel;
};

export function isOptimizer(name: unknown): boolean {
  const found = typeof name === 'string' ? classOf(name)?.prototype : undefined;
  // `instanceof tf.Optimizer` asks for members, and throws where it cannot.
  return found !== undefined && found instanceof tf.Optimizer;
}
