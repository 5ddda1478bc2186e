import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { plain } from './json';

/**
 * What model.save hands to a handler, without the optimizer: the model as it is at the call, whatever steps of training are made
 * before the promise settles.
 */
export async function artifactsOf(model: tfl.LayersModel): Promise<tf.io.ModelArtifacts> {
  // All of it is read before the first await: `encodeWeights` asks for the numbers at once.
  const named = model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }));
  const weights = tf.io.encodeWeights(named);
  const modelTopology: unknown = plain(model.toJSON(null, false));
  const userDefinedMetadata = model.getUserDefinedMetadata();
  const artifacts = {
    // It is JSON, of which tfjs says no more.
    modelTopology: modelTopology as object,
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${tfl.version_layers}`,
    convertedBy: null,
    ...(userDefinedMetadata && { userDefinedMetadata: plain(userDefinedMetadata) }),
  };
  const { data, specs } = await weights;
  return { ...artifacts, weightSpecs: specs, weightData: data };
}

/** Artifacts with the memory of an optimizer after the weights of the model. */
export async function withMemory(
  artifacts: tf.io.ModelArtifacts,
  memory: Awaited<ReturnType<tf.Optimizer['getWeights']>>,
): Promise<tf.io.ModelArtifacts> {
  const { data, specs } = await tf.io
    .encodeWeights(memory, 'optimizer')
    .finally(() => tf.dispose(memory.map(({ tensor }) => tensor)));
  const parts = [artifacts.weightData ?? [], data].flat();
  return {
    ...artifacts,
    weightSpecs: [...(artifacts.weightSpecs ?? []), ...specs],
    weightData: tf.io.CompositeArrayBuffer.join(parts),
  };
}
