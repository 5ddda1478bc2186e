import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Artifacts } from './artifacts';
import { compileFrom } from './loss';
import { messageOf, refuseFile } from './refuse-file';
import { elements, isOptimizers } from './weight-specs';

/** Models inside layers have weights of their own besides those of the layer; this is room for models in them in turn. */
const timesOver = 4;

/** A model of artifacts, and what is made of it. When it cannot be, no tensor stays. */
export async function build<T>(
  where: string,
  { topology, specs, data, trainingConfig, metadata }: Artifacts,
  finish: (model: tfl.LayersModel) => T,
): Promise<T> {
  const own = specs.filter((spec) => !isOptimizers(spec));
  const numbers = own.reduce((n, { shape }) => n + elements(shape), 0);
  const made: Weight[] = [];
  let values: tf.NamedTensorMap = {};
  let model: tfl.LayersModel | undefined;
  try {
    // What tf.layers makes of a topology and a training config is for it to check; their types are of honest ones.
    model = await watchWeights(timesOver * numbers, made, () => tfl.models.modelFromJSON(topology as never));
    values = tf.tidy(() => tf.io.decodeWeights(data, specs));
    model.loadWeights(Object.fromEntries(own.map(({ name }) => [name, values[name]!])));
    if (trainingConfig) {
      compileFrom(where, model, trainingConfig);
      const memory = specs.filter(isOptimizers).map(({ name }) => ({ name, tensor: values[name]! }));
      if (memory.length > 0) await model.optimizer.setWeights(memory);
    }
    if (Object.keys(metadata).length > 0) model.setUserDefinedMetadata(metadata);
    return finish(model);
  } catch (error) {
    // Those of a conditioner's model are gone already, once its layer has been built.
    for (const weight of made) if (!weight.val.isDisposed) weight.dispose();
    model?.optimizer?.dispose();
    return refuseFile(where, 'a model with its weights', messageOf(error));
  } finally {
    tf.dispose(values);
  }
}

interface Weight {
  readonly val: tf.Tensor;
  dispose(): void;
}
type AddWeight = (this: tfl.layers.Layer, name: string, shape: number[], ...rest: unknown[]) => Weight;

/**
 * Lists the weights that layers create while f is called, and stops them before they have so many numbers in all. A topology says
 * only in the layers' own words how large its weights are: this is where they say it before they allocate. They begin with zeros,
 * as in tf.loadLayersModel: the file has their values, and an initialiser may take long.
 */
function watchWeights<T>(most: number, made: Weight[], f: () => Promise<T>): Promise<T> {
  // `addWeight` is protected.
  const layer = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = layer;
  let left = most;
  layer.addWeight = function (name, shape, ...rest) {
    const count = elements(shape);
    if (!(count <= left))
      throw new Error(`more than that: ${name} [${shape.join(', ')}] of layer "${this.name}"`);
    left -= count;
    this.setFastWeightInitDuringBuild(true);
    const weight = addWeight.call(this, name, shape, ...rest);
    made.push(weight);
    return weight;
  };
  let result: Promise<T>;
  try {
    // modelFromJSON builds the model before its first await, so that nobody else's layers are watched.
    tf.tidy(() => {
      result = f();
    });
  } finally {
    layer.addWeight = addWeight;
  }
  return result!;
}
