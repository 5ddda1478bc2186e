import * as tf from '@tensorflow/tfjs-core';
import { digest } from './digest';
import { registerEveryLayer } from './every-layer';
import { checkFiniteWeights, type Strictness } from './finite-weights';
import { brief, checkJson, isObject } from './json';
import { refuseFile } from './refuse-file';
import { checkSeal } from './seal';
import { checkTopology, checkTraining } from './topology';
import { checkSpecs, isOptimizers, type WeightSpec } from './weight-specs';

/** Artifacts of a layers model that have been checked: what they say of their sizes, names and classes holds. */
export interface Artifacts {
  topology: Record<string, unknown>;
  /** Of the model, and of the optimizer's memory. */
  specs: WeightSpec[];
  data: ArrayBuffer;
  /** The SHA-256 of the data. */
  dataDigest: string;
  trainingConfig: tf.io.TrainingConfig | undefined;
  metadata: Record<string, unknown>;
  /** Whether a digest vouches for all of it. */
  sealed: boolean;
}

/** Checks what a handler read, before tf.layers sees it or anything is allocated. */
export async function checkArtifacts(
  where: string,
  artifacts: tf.io.ModelArtifacts,
  { allowNonFinite = false }: Strictness = {},
): Promise<Artifacts> {
  if (!artifacts) return refuseFile(where, 'a model', 'none');
  const { format = 'layers-model', modelTopology, weightSpecs, weightData } = artifacts;
  const { trainingConfig, userDefinedMetadata } = artifacts;
  if (format !== 'layers-model') refuseFile(where, 'a model of format "layers-model"', brief(format));
  if (!isObject(modelTopology) || modelTopology instanceof ArrayBuffer)
    return refuseFile(where, 'the topology of a model', 'none');
  if (weightData === undefined) return refuseFile(where, 'weights', 'none');
  for (const json of [modelTopology, weightSpecs, trainingConfig, userDefinedMetadata])
    checkJson(where, json);
  const data = tf.io.CompositeArrayBuffer.join(weightData);
  const specs: unknown = weightSpecs;
  checkSpecs(where, specs, data.byteLength);
  registerEveryLayer();
  checkTopology(where, modelTopology, specs.filter((spec) => !isOptimizers(spec)).length);
  checkTraining(where, trainingConfig);
  const dataDigest = await digest(data);
  const sealed = await checkSeal(where, artifacts, dataDigest);
  if (!allowNonFinite) checkFiniteWeights(where, specs, data);
  const metadata = isObject(userDefinedMetadata) ? userDefinedMetadata : {};
  return { topology: modelTopology, specs, data, dataDigest, trainingConfig, metadata, sealed };
}
