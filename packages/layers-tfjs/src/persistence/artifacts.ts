import * as tf from '@tensorflow/tfjs-core';
import { registerEveryLayer } from './every-layer';
import { checkJson, isObject } from './json';
import { refuseFile } from './refuse-file';
import { checkSpecs, elements, type WeightSpec } from './weight-specs';

/** Artifacts of a layers model that have been checked: what they say of their sizes, names and classes holds. */
export interface Artifacts {
  topology: Record<string, unknown>;
  /** Of the model. */
  specs: WeightSpec[];
  data: ArrayBuffer;
  trainingConfig: tf.io.TrainingConfig | undefined;
  metadata: Record<string, unknown>;
}

/** More numbers than this no sample has. */
const largestSample = 2 ** 31;

/** Checks what a handler read, before tf.layers sees it or anything is allocated. */
export function checkArtifacts(where: string, artifacts: tf.io.ModelArtifacts): Artifacts {
  if (!artifacts) return refuseFile(where, 'a model', 'none');
  const {
    format = 'layers-model',
    modelTopology,
    weightSpecs,
    weightData,
    trainingConfig,
    userDefinedMetadata,
  } = artifacts;
  if (format !== 'layers-model')
    refuseFile(where, 'a model of format "layers-model"', JSON.stringify(format));
  if (!isObject(modelTopology) || modelTopology instanceof ArrayBuffer)
    return refuseFile(where, 'the topology of a model', 'none');
  if (weightData === undefined) return refuseFile(where, 'weights', 'none');
  for (const json of [modelTopology, weightSpecs, trainingConfig, userDefinedMetadata])
    checkJson(where, json);
  const data = tf.io.CompositeArrayBuffer.join(weightData);
  const specs: unknown = weightSpecs;
  checkSpecs(where, specs, data.byteLength);
  checkTopology(where, modelTopology);
  const metadata = isObject(userDefinedMetadata) ? userDefinedMetadata : {};
  return { topology: modelTopology, specs, data, trainingConfig, metadata };
}

/** Refuses classes that nobody registered, and shapes of inputs that are none. */
function checkTopology(where: string, topology: object): void {
  registerEveryLayer();
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const walk = (value: object): void => {
    for (const [key, inside] of Object.entries(value)) {
      if (key === 'class_name' && !(typeof inside === 'string' && Object.hasOwn(known, inside)))
        refuseFile(where, 'classes that are registered with tf.serialization', JSON.stringify(inside));
      if (key === 'batch_input_shape' && inside !== null && !isBatchShape(inside))
        refuseFile(where, 'the shape of an input', JSON.stringify(inside));
      if (typeof inside === 'object' && inside !== null) walk(inside);
    }
  };
  walk(topology);
}

const isBatchShape = (shape: unknown): boolean =>
  Array.isArray(shape) && elements(shape.map((n) => n ?? 1)) <= largestSample;
